import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FullSource } from '#src/build/source.js';
import type { CandidateRow, Task, TextBatch } from '#src/dataset/task.js';
import type { Encoder } from '#src/encoder/encoder.js';
import { scratch } from './collections.js';

export type Pair = readonly [query: string, document: string, score: number];
export interface Text {
  readonly id: string;
  readonly text: string;
}

/** A source in memory: what a test says it is. */
export function sourceOf(documents: readonly Text[], queries: readonly Text[], pairs: readonly Pair[]): FullSource {
  return {
    path: 'source',
    split: 'test',
    name: 'source',
    isOneOfMany: false,
    documents: async function* () {
      yield documents;
    },
    queries: async function* () {
      yield queries;
    },
    judgements: async function* () {
      yield pairs.map(([queryId, documentId, score]) => ({ queryId, documentId, relevant: score > 0 }));
    },
    candidates: async function* () {
      for (const { id } of queries) yield { queryId: id, documentIds: documents.map((each) => each.id).reverse() };
    },
    facts: async () => ({ name: 'source', split: 'test', format: 'files' }),
  };
}

export const texts = (...entries: readonly string[]): Text[] =>
  entries.map((entry) => ({ id: entry.split('=')[0]!, text: entry.split('=')[1] ?? `text of ${entry}` }));

export async function writeBeir(
  files: Readonly<Record<string, string | readonly object[] | Uint8Array>>,
  name = 'Toy Set',
): Promise<string> {
  const folder = join(await scratch(), name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const lines = Array.isArray(content) ? content.map((record) => `${JSON.stringify(record)}\n`).join('') : content;
    await writeFile(join(folder, path), lines as string | Uint8Array);
  }
  return folder;
}

/** 30 documents and 8 queries of words that BM25 can tell apart; every query has one positive. */
export function beirToy(): Promise<string> {
  const words = ['amber', 'birch', 'cedar', 'dune', 'ember', 'fjord', 'grove', 'heath'];
  const word = (i: number) => words[i % 8]!;
  return writeBeir({
    'corpus.jsonl': Array.from({ length: 30 }, (_, i) => ({
      _id: `d${i}`,
      title: `The ${word(i)} and the ${word(i * 3 + 1)}`,
      text: `They say the ${word(i * 5 + 2)} was number ${i}`,
    })),
    'queries.jsonl': words.map((each, i) => ({ _id: `q${i}`, text: `what did they say about the ${each}` })),
    'qrels/test.tsv': `query-id\tcorpus-id\tscore\n${words.map((_, i) => `q${i}\td${i + 3}\t1\n`).join('')}`,
  });
}

/** Counts of letters: deterministic, with distances between texts. */
export const letters: Encoder = {
  id: 'someone/Letter-Counts_v1',
  dimension: 26,
  fingerprint: 'letters',
  encode: async (given) => {
    const data = new Float32Array(given.length * 26);
    for (const [row, text] of given.entries()) {
      for (const letter of text.toLowerCase().match(/[a-z]/g) ?? []) data[row * 26 + letter.charCodeAt(0) - 97]!++;
    }
    return { data, count: given.length, dimension: 26 };
  },
  [Symbol.dispose]: () => undefined,
};

export async function textsOf(batches: AsyncIterable<TextBatch>): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { rows } of batches) for (const { id, text } of rows) found.set(id, text);
  return found;
}

export async function rowsOf(task: Task, config: string): Promise<CandidateRow[]> {
  const rows: CandidateRow[] = [];
  for await (const row of task.candidates(config)) rows.push(row);
  return rows;
}

export const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
