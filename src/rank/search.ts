import { checkInteger } from '../common/check.js';
import type { BatchSearchOptions, TopK, TopKBlock } from './ranking.js';

const DEFAULT_BATCH_SIZE = 256;

/** Result arrays for a search, k cut to the corpus size. Throws InputError when k is not a whole number above 0. */
export function allocateTopK(queries: number, k: number, corpusSize: number): TopK {
  const width = Math.min(checkInteger('k', k, 1), corpusSize);
  return {
    k: width,
    indices: new Uint32Array(queries * width),
    scores: new Float32Array(queries * width),
    counts: new Uint32Array(queries),
  };
}

/** Runs `search(start, end)` over consecutive ranges of `count` queries, one after the other. */
export async function* searchInBatches<Options extends BatchSearchOptions, Result extends TopK>(
  count: number,
  options: Options,
  search: (start: number, end: number, options: Options) => Promise<Result>,
): AsyncGenerator<TopKBlock & { readonly topK: Result }> {
  const size = checkInteger('batchSize', options.batchSize ?? DEFAULT_BATCH_SIZE, 1);
  for (let start = 0; start < count; start += size) {
    const topK = await search(start, Math.min(start + size, count), options);
    yield { start, topK };
  }
}
