import { atCutoff, standardCutoffs, withCutoffs } from '../family.js';
import { countRelevant, type JudgedQuery } from '../judged-query.js';
import { share, shareOfRelevant } from '../measure.js';

/*
 * Recall: the share of a query's relevant documents that are among the first k, 0 for a query that has none. Relevant
 * documents missing from the corpus count in the divisor.
 *
 * recall@k, recall_k   mean over queries (HAKARI's leaderboard, trec_eval)
 * recall@k_micro       all relevant documents found / all relevant documents (HAKARI's task documentation)
 */

const recall = (k: number) => (query: JudgedQuery) => share(countRelevant(query, k), query.relevant);

export const recallAt = atCutoff('recall', (k) => ({ compute: recall(k) }));

export const recallMicroAt = atCutoff(
  'recall',
  (k) => ({ compute: (query) => countRelevant(query, k), average: shareOfRelevant }),
  '_micro',
);

export const recallCut = withCutoffs('recall', standardCutoffs, (k) => ({ compute: recall(k) }));
