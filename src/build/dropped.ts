import type { TextEntry } from '../dataset/nano-writer.js';
import type { SamplingOptions } from './build-options.js';
import type { Documents } from './selected.js';

/** Judgements above 0 of a set's queries that the set does not have, by why not. */
export interface DroppedJudgements {
  readonly notInCorpus: number;
  readonly emptyText: number;
  readonly sharedText: number;
  readonly documentLimit: number;
  /** Beyond the limit of judgements a query. */
  readonly positivesLimit: number;
  /** Of the latter, those whose document is in the set all the same: relevant, and not judged so. */
  readonly positivesLimitInSet: number;
}

export function countDropped(
  queries: readonly TextEntry[],
  relevant: ReadonlyMap<string, readonly string[]>,
  positives: ReadonlyMap<string, readonly string[]>,
  taken: Documents,
  options: SamplingOptions,
): DroppedJudgements {
  const counts = {
    notInCorpus: 0,
    emptyText: 0,
    sharedText: 0,
    documentLimit: 0,
    positivesLimit: 0,
    positivesLimitInSet: 0,
  };
  for (const { id } of queries) {
    const kept = new Set(positives.get(id));
    for (const documentId of relevant.get(id) ?? []) {
      if (kept.has(documentId)) continue;
      const inSet = taken.has(documentId);
      if (inSet) counts.positivesLimitInSet++;
      const beyond = inSet || (kept.size === options.positives && taken.reason(documentId) === 'documentLimit');
      counts[beyond ? 'positivesLimit' : taken.reason(documentId)]++;
    }
  }
  return counts;
}
