import type { Embeddings } from '#src/common/embeddings.js';

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function rowOf({ data, dimension }: Embeddings, i: number): Float32Array {
  return data.subarray(i * dimension, (i + 1) * dimension);
}

/** The dot product of docs/protocol.md: 16 sums in float64, then a tree. */
export function definedDot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const lanes = new Float64Array(16);
  for (let i = 0; i < a.length; i++) lanes[i % 16]! += a[i]! * b[i]!;
  for (let half = 8; half >= 1; half /= 2) for (let i = 0; i < half; i++) lanes[i]! += lanes[i + half]!;
  return lanes[0]!;
}

/** The exact score of docs/protocol.md. */
export function definedScore(query: ArrayLike<number>, document: ArrayLike<number>, metric: 'cosine' | 'dot'): number {
  const dot = definedDot(query, document);
  if (metric === 'dot') return Math.fround(dot) + 0;
  const norms = Math.sqrt(definedDot(query, query)) * Math.sqrt(definedDot(document, document));
  return norms > 0 ? Math.fround(dot / norms) + 0 : 0;
}
