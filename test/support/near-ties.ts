import type { Embeddings } from '#src/common/embeddings.js';
import { compareIds } from '#src/common/id-order.js';
import type { TieRule } from '#src/rank/tie-order.js';
import type { VectorBackend } from '#src/vector/backend.js';
import { VectorIndex } from '#src/vector/vector-index.js';
import type { VectorMetric } from '#src/vector/vector-options.js';
import { definedScore, gaussian, randomOf, rowOf } from './vectors.js';

/*
 * Documents that a search by bounds is most likely to get wrong: their exact scores lie closer together than what finds
 * them can see.
 */

export interface NearTies {
  readonly kind: keyof typeof KINDS;
  readonly seed: number;
  readonly count: number;
  readonly dimension: number;
  readonly metric: VectorMetric;
  readonly k: number;
  readonly tieRule: TieRule;
}

/** Documents and ids of their query, best first; scores beside them. */
export type Found = readonly { readonly documents: readonly number[]; readonly scores: readonly number[] }[];

type Random = () => number;
/** `base` is near to what is asked for, `previous` the row before this one. */
type Row = (random: Random, base: Float32Array, position: number, previous: Float32Array) => Float32Array;

const noise = (random: Random, base: Float32Array) => base.map(() => gaussian(random));
const opposite = (row: Float32Array) => row.map((x) => -x);
const sign = (random: Random) => (random() < 0.5 ? -1 : 1);
const below = (random: Random, limit: number) => Math.floor(random() * limit);

export const KINDS = {
  /** Apart by a few units in the last place of their components: less than float32's roundings in a dot product. */
  'within the float32 bound': (random, base) =>
    base.map((x) => Math.fround(x * (1 + below(random, 7) * 2 ** -23 - 3 * 2 ** -23))),
  /** Apart by less than half a step of the codes, here and there far away so that there is a choice. */
  'within the bound of the codes': (random, base) => {
    if (random() < 0.3) return noise(random, base);
    const step = Math.max(...base.map(Math.abs)) / 127;
    return base.map((x) => x + (random() - 0.5) * step);
  },
  /** Few rows, each many times over, so that the tie rule decides most places. */
  duplicates: (random, base) => {
    const which = below(random, 3);
    return base.map((x, i) => x + which * (i % 3) * 0.01);
  },
  /** One unit in the last place of one component between neighbours in rank: some float32 scores tie, some do not. */
  'a ladder': (_, base, position) => {
    const row = base.slice();
    row[position % row.length]! *= 1 + (position % 11) * 2 ** -23;
    return row;
  },
  /** Half-way between two codes in every component: the largest is 127 steps. With its opposite it centres on 0. */
  'between two codes': (random, base, position, previous) => {
    if (position % 2 === 1) return opposite(previous);
    const row = base.map((x) => Math.sign(x || 1) * (below(random, 126) + 0.5));
    row[below(random, row.length)] = sign(random) * 127;
    return row;
  },
  /**
   * Bounds on codes at their tightest, for the query of signs: one row in forty loses nearly half a step to its code in
   * every component, the others gain as much in every tenth and so seem better by 0.9 steps, of the 0.97 that are possible.
   */
  'coded against the query': (random, base, position, previous) => {
    if (position % 2 === 1) return opposite(previous);
    const better = below(random, 40) === 0;
    const row = base.map((x) => {
      const code = Math.min(100, Math.floor(20 * Math.abs(x)));
      return Math.sign(x) * (code + (better ? 31 : random() < 0.9 ? 33 : -31) / 64);
    });
    row[0] = 127;
    return row;
  },
  /** One dimension a hundred thousand times the others, which the step of the codes then swallows. */
  'a huge dimension': (random, base) => {
    const row = base.map((x) => x + 0.01 * gaussian(random));
    row[0] = sign(random) * 1e5 * (1 + below(random, 3) * 2 ** -20);
    return row;
  },
  'all equal': (_, base) => base,
  /** On both sides of the range in which bounds hold. */
  'at the edge of the range': (random, base) => base.map((x) => x * [1e-16, 1e-14, 1, 1e14, 1e16][below(random, 5)]!),
} as const satisfies Record<string, Row>;

export interface Collection {
  readonly documents: Embeddings;
  readonly queries: Embeddings;
  readonly ids: readonly string[];
}

/** Queries: the base, its signs, one with halves between its codes, the base nearly, its opposite. */
export function collectionOf({ kind, seed, count, dimension }: NearTies): Collection {
  const random = randomOf(seed);
  const base = noise(random, new Float32Array(dimension));
  const row: Row = KINDS[kind];
  const rows: Float32Array[] = [];
  for (let position = 0; position < count; position++) rows.push(row(random, base, position, rows.at(-1) ?? base));
  const queries = [
    base,
    base.map((x, i) => (i === 0 ? 0 : Math.sign(x))),
    base.map((x) => Math.sign(x) * (below(random, 126) + 0.5)),
    base.map((x) => x * (1 + below(random, 5) * 2 ** -23)),
    opposite(base),
  ];
  // Order by id is another one than by position.
  const ids = Array.from({ length: count }, (_, position) => `d${(position * 7919 + seed) % 100_003}`);
  return { documents: matrix(rows, dimension), queries: matrix(queries, dimension), ids };
}

function matrix(rows: readonly Float32Array[], dimension: number): Embeddings {
  const data = new Float32Array(rows.length * dimension);
  for (const [i, row] of rows.entries()) data.set(row, i * dimension);
  return { data, count: rows.length, dimension };
}

/** By the definition, every document scored and sorted. */
export function naively({ metric, k, tieRule }: NearTies, { documents, queries, ids }: Collection): Found {
  const upwards = tieRule === 'id-ascending' ? 1 : -1;
  return Array.from({ length: queries.count }, (_, query) => {
    const scores = Array.from({ length: documents.count }, (_, document) =>
      definedScore(rowOf(queries, query), rowOf(documents, document), metric),
    );
    const order = [...scores.keys()].sort(
      (x, y) =>
        Number(scores[y]! > scores[x]!) - Number(scores[x]! > scores[y]!) || upwards * compareIds(ids[x]!, ids[y]!),
    );
    const best = order.slice(0, k);
    return { documents: best, scores: best.map((document) => scores[document]!) };
  });
}

export async function searched(
  { metric, k, tieRule }: NearTies,
  { documents, queries, ids }: Collection,
  backend: VectorBackend,
): Promise<Found> {
  using index = await VectorIndex.create(documents, { metric, ids, tieRule, backend });
  const { indices, scores, counts, k: width } = await index.search(queries, { k });
  return [...counts].map((found, query) => ({
    documents: [...indices.subarray(query * width, query * width + found)],
    scores: [...scores.subarray(query * width, query * width + found)],
  }));
}
