import test from 'ava';
import { z } from 'zod';
import { listConfig, readConfig } from '#src/common/config-file.js';
import { findGroup, listGroups } from '#src/dataset/registry.js';
import { type PublishedScores, publishedScores } from '#src/results/published.js';

test('a group is found by its name in any case and by its dataset id', async (t) => {
  t.true((await listGroups()).includes('NanoMMTEB-v2'));
  const group = await findGroup('NanoMMTEB-v2');
  t.is(group?.datasetId, 'hakari-bench/NanoMMTEB-v2');
  t.deepEqual(await findGroup('nanommteb-V2'), group);
  t.deepEqual(await findGroup('hakari-bench/nanoMMTEB-v2'), group);
  for (const unknown of ['', 'Nano', '../groups/NanoMMTEB-v2', 'hakari-bench']) {
    t.is(await findGroup(unknown), undefined, unknown);
  }
});

test('NanoMMTEB-v2 has the published number of tasks, queries, documents and positives', async (t) => {
  const tasks = (await findGroup('NanoMMTEB-v2'))?.tasks ?? [];
  const sum = (field: 'queries' | 'documents' | 'positives') => tasks.reduce((total, task) => total + task[field], 0);
  t.deepEqual([tasks.length, sum('queries'), sum('documents'), sum('positives')], [18, 3248, 116_569, 9408]);
  t.is(new Set(tasks.map(({ name }) => name)).size, 18);
});

async function factsOf(task: string) {
  return (await findGroup('NanoMMTEB-v2'))?.tasks.find(({ name }) => name === task);
}

test("a task's declared language, which chooses the analyzer, may differ from the one shown", async (t) => {
  const languages = async (task: string) => {
    const facts = await factsOf(task);
    return [facts?.language, facts?.displayLanguage];
  };
  t.deepEqual(await languages('ailastatutes'), ['en', 'en']);
  t.deepEqual(await languages('miracl'), ['ar', 'multilingual']);
  t.deepEqual(await languages('wikipedia_multilingual'), ['bg', 'multilingual']);
  t.deepEqual(await languages('belebele'), ['multilingual', 'multilingual']);
  t.is((await factsOf('covid'))?.focus, 'COVID query to policy/news passage');
});

test('published scores cover every task and average to the published means', async (t) => {
  const { tasks } = (await readConfig('published/NanoMMTEB-v2.yaml', publishedScores))!;
  const group = await findGroup('NanoMMTEB-v2');
  t.deepEqual(
    Object.keys(tasks),
    group?.tasks.map(({ name }) => name),
  );
  for (const { name, queries, documents } of group!.tasks) t.like(tasks[name], { queries, documents });
  t.is(tasks.ailastatutes?.bm25['ndcg@10'], 0.20697288076497222);
  const mean = (profile: 'bm25' | 'dense' | 'reranking_hybrid', metric: keyof PublishedScores) =>
    Object.values(tasks).reduce((sum, task) => sum + task[profile][metric], 0) / 18;
  for (const [profile, ndcg, hit, recall] of [
    ['bm25', 0.4549858197, 0.6446504156, 0.6704116007],
    ['dense', 0.5306413999, 0.7242200867, 0.7946117955],
    ['reranking_hybrid', 0.5070919992, 0.7059157886, 0.7802460322],
  ] as const) {
    t.true(Math.abs(mean(profile, 'ndcg@10') - ndcg) < 1e-9, profile);
    t.true(Math.abs(mean(profile, 'hit@10') - hit) < 1e-9, profile);
    t.true(Math.abs(mean(profile, 'recall@100_micro') - recall) < 1e-9, profile);
  }
});

test('the best profile published for each task is the one with the highest nDCG@10', async (t) => {
  const { tasks } = (await readConfig('published/NanoMMTEB-v2.yaml', publishedScores))!;
  for (const [name, task] of Object.entries(tasks)) {
    const best = Math.max(task.bm25['ndcg@10'], task.dense['ndcg@10'], task.reranking_hybrid['ndcg@10']);
    t.is(task[task.best]['ndcg@10'], best, name);
  }
});

test('a config file is checked, and a missing one is not an error', async (t) => {
  t.is(await readConfig('groups/none.yaml', z.unknown()), undefined);
  t.deepEqual(await listConfig('none'), []);
  await t.throwsAsync(
    readConfig('groups/NanoMMTEB-v2.yaml', z.object({ tasks: z.array(z.object({ name: z.number() })) })),
    {
      name: 'InputError',
      message: /^config\/groups\/NanoMMTEB-v2\.yaml: tasks\.0\.name: .*number/,
    },
  );
});
