import type { Cancellation, NativeSearchReport, NativeVectorIndex } from '../native/addon.js';
import type { TopK } from '../rank/ranking.js';
import type { EngineQuery } from './engine.js';

/** Has an exact index of an addon answer; `call` is the addon's own way of running what `signal` can stop. */
export function searchNative(
  native: NativeVectorIndex,
  call: (
    signal: AbortSignal | undefined,
    run: (cancellation: Cancellation | undefined) => Promise<NativeSearchReport>,
  ) => Promise<NativeSearchReport>,
  { queries, filter, candidates, signal }: EngineQuery,
  topK: TopK,
): Promise<NativeSearchReport> {
  const { data, count, dimension } = queries;
  const { k, indices, scores, counts } = topK;
  const { offsets, ids } = candidates ?? {};
  return call(signal, (cancellation) =>
    native.search(data, count, dimension, filter, offsets, ids, k, indices, scores, counts, cancellation),
  );
}
