import { join } from 'node:path';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { writeNpy } from '#src/encoder/npy.js';
import { scratch } from './collections.js';

/** A made-up Nano dataset with embeddings, as numbers that anyone can recompute. */
export interface Toy {
  readonly folder: string;
  /** For `precomputed:`. */
  readonly embeddings: string;
  readonly documents: { id: string; text: string }[];
  readonly queries: { id: string; text: string }[];
  readonly vectors: { documents: number[][]; queries: number[][] };
  readonly relevant: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

const WORDS = [
  'amber',
  'birch',
  'cedar',
  'dune',
  'ember',
  'fjord',
  'grove',
  'heath',
  'islet',
  'jetty',
  'knoll',
  'lagoon',
];

/**
 * 150 documents and 20 queries of a few words drawn from twelve, with 8-dimensional embeddings: many ties by BM25, and
 * hybrid rankings cut at 100 that miss some positives. The last query has a positive outside the corpus.
 */
export async function makeToy(): Promise<Toy> {
  const root = await scratch();
  let state = 42;
  const below = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const text = (words: number) => Array.from({ length: words }, () => WORDS[below(12)]).join(' ');
  const vector = () => Array.from({ length: 8 }, () => below(201) / 100 - 1);
  const documents = Array.from({ length: 150 }, (_, i) => ({ id: `d${i}`, text: text(3 + below(10)) }));
  const queries = Array.from({ length: 20 }, (_, i) => ({ id: `q${i}`, text: text(1 + below(3)) }));
  const vectors = { documents: documents.map(vector), queries: queries.map(vector) };
  const relevant = new Map(
    queries.map(({ id }, i) => [
      id,
      new Map([[`d${below(150)}`, 1], ...(i === 19 ? [['elsewhere', 1] as const] : [])]),
    ]),
  );
  const folder = join(root, 'Toy');
  const candidates = {
    bm25: queries.slice(1).map(({ id }) => ({ queryId: id, documentIds: ['d3', 'gone', 'd3', 'd1', 'd2'] })),
  };
  await writeNanoTask(folder, 'toy', { corpus: documents, queries, qrels: relevant, candidates });
  const embeddings = join(root, 'embeddings');
  const matrix = (rows: number[][]) => ({ data: Float32Array.from(rows.flat()), count: rows.length, dimension: 8 });
  await writeNpy(join(embeddings, 'corpus.npy'), matrix(vectors.documents));
  await writeNpy(join(embeddings, 'queries.npy'), matrix(vectors.queries));
  return { folder, embeddings, documents, queries, vectors, relevant };
}
