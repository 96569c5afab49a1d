import type { TopK } from '../../rank/ranking.js';

/** The best of a block of documents for consecutive queries: both [queries, k] row-major, scores descending. */
export interface BlockTopK {
  readonly k: number;
  readonly scores: Float32Array;
  /** Positions within the block. */
  readonly indices: Int32Array;
}

/** Merges the best of the block of documents from `offset` on into the rows of `topK` from `firstQuery` on. */
export function mergeBlock(topK: TopK, firstQuery: number, offset: number, block: BlockTopK): void {
  const { k, counts } = topK;
  const oldScores = new Float32Array(k);
  const oldIndices = new Uint32Array(k);
  for (let row = 0; row * block.k < block.scores.length; row++) {
    const query = firstQuery + row;
    const scores = topK.scores.subarray(query * k, (query + 1) * k);
    const indices = topK.indices.subarray(query * k, (query + 1) * k);
    const had = counts[query]!;
    oldScores.set(scores);
    oldIndices.set(indices);
    const count = Math.min(k, had + block.k);
    for (let i = 0, old = 0, next = row * block.k; i < count; i++) {
      const exhausted = next === (row + 1) * block.k;
      if (exhausted || (old < had && oldScores[old]! >= block.scores[next]!)) {
        scores[i] = oldScores[old]!;
        indices[i] = oldIndices[old++]!;
      } else {
        scores[i] = block.scores[next]!;
        indices[i] = offset + block.indices[next++]!;
      }
    }
    counts[query] = count;
  }
}
