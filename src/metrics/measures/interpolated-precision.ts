import { withFractions, withNumbers } from '../family.js';
import type { JudgedQuery } from '../judged-query.js';

/*
 * Interpolated precision (trec_eval 10): the highest precision at any rank at which the recall is at least x, where "at
 * least x" means at least round(x R) relevant documents, R being the number of relevant ones. 0 if the ranking never
 * gets there. (Versions up to 9 take floor(x R + 0.9), so theirs can be lower.)
 *
 * iprec_at_recall_x   that, for one x
 * 11pt_avg            its mean over several x, by default 0, 0.1, ... 1
 */

const recallPoints = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

function interpolated(query: JudgedQuery, recall: number): number {
  const needed = Math.round(recall * query.relevant);
  let found = 0;
  let best = 0;
  for (let i = 0; i < query.seen; i++) {
    if (query.grades[i]! < query.level) continue;
    found++;
    if (found >= needed) best = Math.max(best, found / (i + 1));
  }
  return best;
}

export const iprecAtRecall = withFractions('iprec_at_recall', recallPoints, (recall) => ({
  compute: (query) => interpolated(query, recall),
}));

export const elevenPointAverage = withNumbers('11pt_avg', recallPoints, (points) => ({
  compute: (query) => points.reduce((sum, recall) => sum + interpolated(query, recall), 0) / points.length,
}));
