import { plain, withCutoffs } from '../family.js';
import { countRelevant, type JudgedQuery } from '../judged-query.js';
import { numberOfQueries, sum } from '../measure.js';

/*
 * Counts of queries and documents, as trec_eval defines them: summed over queries, not averaged. unj is the share of
 * the first k documents without a judgement (not in the qrels, or with a negative grade), over k even if the ranking
 * is shorter.
 */

export const numQ = plain('num_q', { compute: () => 1, average: numberOfQueries, depth: 0 });

export const numRet = plain('num_ret', { compute: (query) => query.retrieved, average: sum, depth: 0 });

export const numRel = plain('num_rel', { compute: (query) => query.relevant, average: sum, depth: 0 });

export const numRelRet = plain('num_rel_ret', { compute: (query) => countRelevant(query), average: sum });

export const numNonrelJudgedRet = plain('num_nonrel_judged_ret', {
  compute: (query) => query.seen - countUnjudged(query, query.seen) - countRelevant(query),
  average: sum,
});

export const unj = withCutoffs('unj', [5, 10, 20], (k) => ({ compute: (query) => countUnjudged(query, k) / k }));

function countUnjudged(query: JudgedQuery, k: number): number {
  const end = Math.min(k, query.seen);
  let count = 0;
  for (let i = 0; i < end; i++) if (query.grades[i]! < 0) count++;
  return count;
}
