import { atCutoff, plain, withCutoffs } from '../family.js';
import type { JudgedQuery } from '../judged-query.js';

/*
 * Measures of the first relevant document alone.
 *
 * hit@k, success_k     1 if it is among the first k, else 0
 * mrr@k, recip_rank    1 / its rank, 0 if there is none (among the first k)
 */

/** Its rank, from 1; Infinity if there is none among the first `k`. */
function firstRank(query: JudgedQuery, k: number): number {
  const end = Math.min(k, query.seen);
  for (let i = 0; i < end; i++) if (query.grades[i]! >= query.level) return i + 1;
  return Number.POSITIVE_INFINITY;
}

const hit = (k: number) => (query: JudgedQuery) => (firstRank(query, k) <= k ? 1 : 0);

const reciprocalRank = (k: number) => (query: JudgedQuery) => 1 / firstRank(query, k);

export const hitAt = atCutoff('hit', (k) => ({ compute: hit(k) }));

export const success = withCutoffs('success', [1, 5, 10], (k) => ({ compute: hit(k) }));

export const mrrAt = atCutoff('mrr', (k) => ({ compute: reciprocalRank(k) }));

export const recipRank = plain('recip_rank', { compute: reciprocalRank(Number.POSITIVE_INFINITY) });
