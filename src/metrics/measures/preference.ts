import { plain } from '../family.js';
import { type JudgedQuery, UNJUDGED } from '../judged-query.js';
import { geometricMean, share } from '../measure.js';

/*
 * Measures that do not take an unjudged document for a non-relevant one, as trec_eval computes them. R is the number
 * of relevant documents, N that of judged non-relevant ones.
 *
 * bpref   sum over the relevant documents retrieved of 1 - min(n, R) / min(N, R), n being the judged non-relevant ones
 *         above it, divided by R (Buckley and Voorhees, SIGIR 2004); gm_bpref is its geometric mean over queries
 * infAP   average precision where the precision above a relevant document at rank j + 1 is estimated from the judged
 *         part of the pool (Yilmaz and Aslam, CIKM 2006); a negative grade marks a pooled, unjudged document
 */

function binaryPreference(query: JudgedQuery): number {
  const { relevant, level } = query;
  const bound = Math.min(query.judged.length - relevant, relevant);
  let sum = 0;
  let nonRelevant = 0;
  for (let i = 0; i < query.seen; i++) {
    const grade = query.grades[i]!;
    if (grade >= level) sum += 1 - (nonRelevant > 0 ? Math.min(nonRelevant, relevant) / bound : 0);
    else if (grade >= 0) nonRelevant++;
  }
  return share(sum, relevant);
}

export const bpref = plain('bpref', { compute: binaryPreference });

export const gmBpref = plain('gm_bpref', { compute: binaryPreference, average: geometricMean });

const epsilon = 1e-5;

export const infAP = plain('infAP', {
  compute(query) {
    let sum = 0;
    let relevant = 0;
    let nonRelevant = 0;
    let pooled = 0;
    for (let i = 0; i < query.seen; i++) {
      const grade = query.grades[i]!;
      if (grade >= query.level) {
        sum += (1 + (relevant + nonRelevant + pooled) * judgedPrecision(relevant, nonRelevant)) / (i + 1);
        relevant++;
      } else if (grade >= 0) nonRelevant++;
      else if (grade !== UNJUDGED) pooled++;
    }
    return share(sum, query.relevant);
  },
});

/** Precision among judged documents, smoothed as in trec_eval (INFAP_EPSILON). */
function judgedPrecision(relevant: number, nonRelevant: number): number {
  return (relevant + epsilon) / (relevant + nonRelevant + 2 * epsilon);
}
