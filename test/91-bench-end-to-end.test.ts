import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { openDataset } from '#src/dataset/open-dataset.js';
import { findGroup } from '#src/dataset/registry.js';
import { openEmbeddings } from '#src/encoder/open.js';
import { evaluate } from '#src/evaluation/evaluate.js';
import type { TaskResult } from '#src/results/task-result.js';
import { scratch } from './support/collections.js';

const run = promisify(execFile);
const SHARE = 0.002;

const script = (name: string) => resolve('bench', 'end-to-end', name);
const { makeTasks } = (await import(pathToFileURL(script('tasks.mjs')).href)) as {
  makeTasks: (folder: string, share: number) => Promise<void>;
};

let folder: string;
test.before(async () => {
  folder = await scratch();
  await makeTasks(folder, SHARE);
});

const documentsOf = (documents = 0) => Math.max(1, Math.round(documents * SHARE));

test('the benchmark has the tasks of NanoMMTEB-v2, with the real numbers and lengths', async (t) => {
  const group = await findGroup('NanoMMTEB-v2');
  const tasks = await openDataset(join(folder, 'NanoMMTEB-v2'));
  t.deepEqual(tasks.map(({ name }) => name).sort(), group!.tasks.map(({ name }) => name).sort());
  for (const task of tasks) {
    const facts = group!.tasks.find(({ name }) => name === task.name)!;
    t.is(await task.corpusRows(), documentsOf(facts.documents), task.name);
    t.deepEqual(await task.candidateConfigs(), ['bm25', 'reranking_hybrid']);
    const lengths: Record<'queries' | 'documents', number[]> = { queries: [], documents: [] };
    for await (const { rows } of task.queries()) lengths.queries.push(...rows.map(({ text }) => text.length));
    for await (const { rows } of task.corpus()) lengths.documents.push(...rows.map(({ text }) => text.length));
    t.is(lengths.queries.length, facts.queries!, task.name);
    for (const [table, values] of Object.entries(lengths)) {
      const { mean } = facts.characters![table as 'queries' | 'documents']!;
      const made = values.reduce((sum, value) => sum + value, 0) / values.length;
      t.true(Math.abs(made - mean!) < 6, `${task.name}, ${table}: ${made} characters, not ${mean}`);
    }
  }
});

test('the same share gives the same bytes', async (t) => {
  const again = await scratch();
  await makeTasks(again, SHARE);
  t.is(hashOf(again), hashOf(folder));
});

test('evaluate reads it with all three profiles', async (t) => {
  using embeddings = await openEmbeddings(`precomputed:${join(folder, 'embeddings')}`);
  const results: TaskResult[] = [];
  const profiles = [{ name: 'bm25' }, { name: 'dense' }, { name: 'reranking_hybrid' }] as const;
  const tasks = await openDataset(join(folder, 'NanoMMTEB-v2'));
  for await (const outcome of evaluate(tasks, { profiles, dense: { embeddings } })) {
    if ('error' in outcome) throw outcome.error;
    results.push(outcome);
  }
  t.is(results.length, 54);
  const stages = { bm25: 'analyze', dense: 'encode', reranking_hybrid: 'search' } as const;
  for (const { task, profile, metrics, counts, seconds } of results) {
    const known = tasks.find(({ name }) => name === task)!.known!;
    t.is(counts.queries, known.queries, task);
    t.is(counts.documents, documentsOf(known.documents), task);
    t.true(metrics['ndcg@10']! > 0.1 && metrics['ndcg@10']! <= 1, `${task}, ${profile}: ${metrics['ndcg@10']}`);
    t.true(stages[profile as keyof typeof stages] in seconds && 'measure' in seconds, `${task}, ${profile}`);
  }
});

test('a trial tells where the time went', async (t) => {
  const { stdout } = await run(process.execPath, [script('trial.mjs'), 'bm25', folder]);
  const trial = JSON.parse(stdout);
  t.is(trial.tasks, 18);
  t.is(trial.queries, 3248);
  t.true(trial.ndcg > 0.5 && trial.cpuMilliseconds > 0 && trial.peakBytes > 50 * 2 ** 20);
  t.deepEqual(Object.keys(trial.stages).sort(), [
    ...['analyze', 'index', 'measure', 'open', 'read', 'rest', 'search', 'start'],
  ]);
  const sum = Object.values(trial.stages as Record<string, number>).reduce((total, time) => total + time, 0);
  t.true(Math.abs(sum - trial.milliseconds) < 1);
  t.true(
    Object.values(trial.stages as Record<string, number>).every((time) => time >= 0),
    stdout,
  );
});

function hashOf(path: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.(parquet|npy)$/.test(name)) hash.update(name).update(readFileSync(join(path, name)));
  }
  return hash.digest('hex');
}
