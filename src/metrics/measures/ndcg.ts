import { discounts } from '../discount.js';
import { atCutoff, standardCutoffs, withCutoffs } from '../family.js';
import type { JudgedQuery } from '../judged-query.js';

/*
 * Normalised discounted cumulative gain at a cutoff (Järvelin and Kekäläinen, TOIS 2002): the sum over the first k
 * documents of gain / log2(rank + 1), divided by the same sum over the best possible ranking of all judged documents.
 * 0 where nothing judged has a gain. Grades of 0 or below, and unjudged documents, gain nothing.
 *
 * ndcg@k, ndcg_cut_k   gain = grade (trec_eval; HAKARI, where every relevant document has grade 1)
 * ndcg_exp@k           gain = 2^grade - 1 (Burges et al., ICML 2005)
 */

/** `highest` is the highest judged grade: gains may be scaled by it, since nDCG is a ratio. */
type Gain = (grade: number, highest: number) => number;

const linear: Gain = (grade) => grade;

/** Scaled down by a power of two, which changes no digit, where 2^grade would leave the range of float64. */
const exponential: Gain = (grade, highest) => {
  const down = Math.max(0, highest - 1000);
  return 2 ** (grade - down) - 2 ** -down;
};

function dcg(grades: Float64Array, end: number, gain: Gain, highest: number): number {
  const discount = discounts(end);
  let sum = 0;
  for (let i = 0; i < end; i++) {
    const grade = grades[i]!;
    if (grade > 0) sum += gain(grade, highest) / discount[i]!;
  }
  return sum;
}

const ndcg = (k: number, gain: Gain) => (query: JudgedQuery) => {
  const highest = query.judged[0] ?? 0;
  const ideal = dcg(query.judged, Math.min(k, query.judged.length), gain, highest);
  return ideal > 0 ? dcg(query.grades, Math.min(k, query.seen), gain, highest) / ideal : 0;
};

export const ndcgAt = atCutoff('ndcg', (k) => ({ compute: ndcg(k, linear) }));

export const ndcgExpAt = atCutoff('ndcg_exp', (k) => ({ compute: ndcg(k, exponential) }));

export const ndcgCut = withCutoffs('ndcg_cut', standardCutoffs, (k) => ({ compute: ndcg(k, linear) }));
