/*
 * Texts share a batch only with texts of exactly as many tokens. Then nothing is padded, every row of every matrix
 * product is computed as it would be alone, and a vector does not depend on its company. (Padded batches differ in the
 * last bits: the softmax sums in another order.)
 */

/** Token ids of `count` texts of `length` tokens each, shape [count, length]; `texts` are their positions. */
export interface TokenBatch {
  readonly ids: Int32Array;
  readonly length: number;
  readonly count: number;
  readonly texts: readonly number[];
}

/** Larger batches are not faster (measured), smaller ones let an abort be heard sooner. */
const TOKENS_PER_BATCH = 512;

/** Batches of every text that has tokens, long texts first, so that the threads finish together. */
export function planBatches(tokens: readonly (readonly number[])[]): TokenBatch[] {
  const byLength = new Map<number, number[]>();
  tokens.forEach((ids, text) => {
    const same = byLength.get(ids.length);
    if (same === undefined) byLength.set(ids.length, [text]);
    else same.push(text);
  });
  byLength.delete(0);

  const batches: TokenBatch[] = [];
  for (const [length, all] of [...byLength].sort(([a], [b]) => b - a)) {
    const size = Math.max(1, Math.floor(TOKENS_PER_BATCH / length));
    for (let start = 0; start < all.length; start += size) {
      const texts = all.slice(start, start + size);
      const ids = new Int32Array(texts.length * length);
      texts.forEach((text, i) => {
        ids.set(tokens[text]!, i * length);
      });
      batches.push({ ids, length, count: texts.length, texts });
    }
  }
  return batches;
}
