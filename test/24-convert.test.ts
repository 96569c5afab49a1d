import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import { convertDataset } from '#src/dataset/convert.js';
import { TARGETS, type Target } from '#src/dataset/convert-ids.js';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import type { CandidateRow, Task, TextBatch, TextRow } from '#src/dataset/task.js';
import { evaluate } from '#src/evaluation/evaluate.js';
import { collection, scratch } from './support/collections.js';
import { tenbin } from './support/tenbin.js';

async function rowsOf(batches: AsyncIterable<TextBatch>): Promise<TextRow[]> {
  const all: TextRow[] = [];
  for await (const { rows } of batches) all.push(...rows);
  return all;
}

async function contentOf(task: Task) {
  const candidates: Record<string, CandidateRow[]> = {};
  for (const config of await task.candidateConfigs()) {
    candidates[config] = [];
    for await (const row of task.candidates(config)) candidates[config].push(row);
  }
  const qrels = [...(await task.qrels())].map(([id, grades]) => [id, [...grades]]);
  return { corpus: await rowsOf(task.corpus()), queries: await rowsOf(task.queries()), qrels, candidates };
}

async function figures(task: Task): Promise<Readonly<Record<string, number>>> {
  const options = { profiles: [{ name: 'bm25' }], lexical: { analyzer: 'regex' }, protocol: 'hakari' } as const;
  for await (const outcome of evaluate([task], options)) {
    if ('error' in outcome) throw outcome.error;
    return outcome.metrics;
  }
  throw new Error('no result');
}

const only = async (path: string): Promise<Task> => (await openDataset(path))[0]!;

/** A Nano folder with one task `x` of three documents. */
async function nanoFolder(ids: readonly string[] = ['a', 'é/1', 'c'], queryIds: readonly string[] = ['q', 'r']) {
  const folder = join(await scratch(), 'set');
  const corpus = ids.map((id, i) => ({ id, text: ['red fish', 'blue "fish"\nby\tthe sea', 'tree'][i]! }));
  await writeNanoTask(folder, 'x', {
    corpus,
    queries: queryIds.map((id, i) => ({ id, text: ['fish', 'sea tree'][i]! })),
    qrels: new Map(queryIds.map((id, i) => [id, new Map([[ids[i]!, 1]])])),
    candidates: { bm25: queryIds.map((queryId) => ({ queryId, documentIds: [ids[2]!, ids[0]!] })) },
  });
  return folder;
}

for (const through of ['beir', 'trec'] as const) {
  test(`Nano to ${through} and back gives the same rows, candidates and figures`, async (t) => {
    const from = await nanoFolder();
    const folder = await scratch();
    const [written] = await convertDataset(await openDataset(from), join(folder, 'there'), { to: through });
    t.like(written, { task: 'x', documents: 3, queries: 2, judgements: 2, candidates: ['bm25'], losses: {} });
    const there = await only(join(folder, 'there'));
    t.is(there.format, through);
    await convertDataset([there], join(folder, 'back'), { to: 'nano' });
    const original = await contentOf(await only(from));
    t.deepEqual(await contentOf(there), original);
    t.deepEqual(await contentOf(await only(join(folder, 'back'))), original);
  });

  test(`a real Nano task has the same rows and figures by way of ${through}`, async (t) => {
    const path = collection(t, 'nano/NanoMMTEB-v2');
    if (path === undefined) return;
    const folder = await scratch();
    const task = await only(path);
    await convertDataset([task], join(folder, 'there'), { to: through });
    const there = await only(join(folder, 'there'));
    await convertDataset([there], join(folder, 'back'), { to: 'nano' });
    const back = await only(join(folder, 'back'));
    if (through === 'trec') t.deepEqual(await contentOf(back), await contentOf(task));
    const expected = await figures(task);
    t.deepEqual(await figures(there), expected);
    t.deepEqual(await figures(back), expected);
  });
}

test('what a Nano table cannot hold of graded judgements is counted', async (t) => {
  const path = collection(t, 'beir/cranfield');
  if (path === undefined) return;
  const to = join(await scratch(), 'cranfield');
  const [written] = await convertDataset(await openDataset(path), to, { to: 'nano' });
  t.like(written, { documents: 1400, queries: 225, judgements: 1612 });
  t.deepEqual(written?.losses, { grades: 1249, 'judgements below 1': 225, 'documents without text': 2 });
});

test('an id that the target cannot hold is refused by name, with its row, and nothing is left', async (t) => {
  const told = async (ids: string[], queryIds: string[], to: Target) => {
    const from = await nanoFolder(ids, queryIds);
    const folder = await scratch();
    const work = convertDataset(await openDataset(from), join(folder, 'out', 'set'), { to });
    const message = (await t.throwsAsync(work, { name: 'InputError' }))?.message;
    t.deepEqual(await readdir(folder), []);
    return message?.replace(from, '.');
  };
  const q = ['q', 'r'];
  const d = ['a', 'b', 'c'];
  t.is(
    await told(['a', 'b\tc', 'd'], q, 'beir'),
    './: x: corpus row 1: document id "b\\tc" holds a tab, which a BEIR folder cannot hold'.replace('./', '.'),
  );
  t.is(
    await told(d, ['q', 'r\n'], 'beir'),
    '.: x: queries row 1: query id "r\\n" holds a newline, which a BEIR folder cannot hold',
  );
  t.is(
    await told(['a', 'b', ''], q, 'trec'),
    '.: x: corpus row 2: document id "" is empty, which TREC\'s files cannot hold',
  );
  t.is(
    await told(['a b', 'c', 'd'], q, 'trec'),
    '.: x: corpus row 0: document id "a b" holds white space, which TREC\'s files cannot hold',
  );
  t.is(
    await told(d, ['#q', 'r'], 'trec'),
    '.: x: queries row 0: query id "#q" begins with #, which TREC\'s files cannot hold',
  );
  const spaced = await nanoFolder(['a b', 'c', 'd']);
  await t.throwsAsync(convertDataset([await only(spaced)], join(await scratch(), 'x'), { to: 'beir' }), {
    message: /candidates bm25: document id "a b" holds white space, which TREC's files cannot hold$/,
  });
  const out = join(await scratch(), 'x');
  await convertDataset([await only(spaced)], out, { to: 'beir', withoutCandidates: true });
  t.is((await rowsOf((await only(out)).corpus()))[0]?.id, 'a b');
});

test('a target that is there is refused; force replaces a dataset, and nothing else', async (t) => {
  const from = await nanoFolder();
  const folder = await scratch();
  const to = join(folder, 'out');
  const tasks = await openDataset(from);
  await convertDataset(tasks, to, { to: 'nano' });
  const again = (force: boolean, target: Target = 'trec') => convertDataset(tasks, to, { to: target, force });
  await t.throwsAsync(again(false), {
    name: 'InputError',
    message: `${to}: is there already; --force replaces a dataset`,
  });
  await again(true);
  t.deepEqual((await readdir(to)).sort(), ['candidates', 'docs.jsonl', 'qrels.x.trec', 'queries.jsonl']);
  await writeFile(join(to, 'notes.txt'), 'mine');
  await t.throwsAsync(again(true), {
    message: `${to}: holds "notes.txt", which is not of a dataset, and is not replaced`,
  });
  t.is(await readFile(join(to, 'notes.txt'), 'utf8'), 'mine');
  t.deepEqual(await readdir(folder), ['out']);
});

test('of several tasks Nano makes one folder, the others a folder each', async (t) => {
  const from = await nanoFolder();
  const entry = { id: 'a', text: 'word' };
  await writeNanoTask(from, 'y', { corpus: [entry], queries: [entry], qrels: new Map([['a', new Map([['a', 1]])]]) });
  for (const to of TARGETS) {
    const path = join(await scratch(), 'out');
    const written = await convertDataset(await openDataset(from), path, { to });
    t.deepEqual(
      written.map(({ path }) => path),
      to === 'nano' ? [path, path] : [join(path, 'x'), join(path, 'y')],
    );
    await convertDataset(await openDataset(from), path, { to, force: true });
    const parts = to === 'nano' ? [path] : [join(path, 'x'), join(path, 'y')];
    const tasks = (await Promise.all(parts.map((part) => openDataset(part)))).flat();
    t.deepEqual(
      tasks.map(({ name }) => name),
      ['x', 'y'],
    );
  }
});

test('tenbin convert writes and tells, and a table that is bad leaves nothing', async (t) => {
  const folder = await scratch();
  const pairs = join(folder, 'faq.csv');
  await writeFile(pairs, 'query,positive\nhow,so\nwhy,because\n');
  const { code, stdout } = await tenbin(['convert', pairs, join(folder, 'faq'), '--to', 'nano']);
  t.is(code, 0);
  t.is(stdout, `pairs: 2 documents, 2 queries, 2 judgements: ${join(folder, 'faq')}\n`);
  t.true(existsSync(join(folder, 'faq', 'qrels', 'pairs.parquet')));
  const bad = join(folder, 'bad', 'corpus.jsonl');
  await mkdir(join(dirname(bad), 'qrels'), { recursive: true });
  await writeFile(bad, '{"_id":"a","text":"x"}\nnonsense\n');
  await writeFile(join(dirname(bad), 'queries.jsonl'), '{"_id":"q","text":"x"}\n');
  await writeFile(join(dirname(bad), 'qrels', 'test.tsv'), 'query-id\tcorpus-id\tscore\nq\ta\t1\n');
  const failed = await tenbin(['convert', dirname(bad), join(folder, 'new', 'out'), '--to', 'trec']);
  t.is(failed.code, 1);
  t.is(failed.stderr, `tenbin: ${bad}:2: not JSON\n`);
  t.false(existsSync(join(folder, 'new')));
});
