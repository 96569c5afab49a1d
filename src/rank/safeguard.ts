import { compareIds } from '../common/id-order.js';
import { PythonRandom } from '../common/python-random.js';

export interface SafeguardQuestion {
  /** The task's split name and the query's id; both seed the draw. */
  readonly split: string;
  readonly queryId: string;
  /** The fused candidates that are kept, 100 in HAKARI. */
  readonly kept: readonly string[];
  /** The query's positives that exist in the corpus. */
  readonly positives: Iterable<string>;
}

/**
 * HAKARI's safeguard positive: when none of a query's positives was kept, the one to append behind the last candidate
 * (rank 101 of 100), drawn from the positives in id order by Python's generator. Undefined when one was kept or none exists.
 */
export function safeguardPositive({ split, queryId, kept, positives }: SafeguardQuestion): string | undefined {
  const sorted = [...new Set(positives)].sort(compareIds);
  const keptIds = new Set(kept);
  if (sorted.length === 0 || sorted.some((id) => keptIds.has(id))) return undefined;
  return new PythonRandom(`20260524\0${split}\0${queryId}\0positive_safeguard`).choice(sorted);
}
