import { plain, withPairs } from '../family.js';
import { share } from '../measure.js';
import { gainsFrom, idealGains } from './gains.js';

/*
 * trec_eval's experimental gain measures: a document's gain is discounted by how much the ranking above it falls short
 * of the best possible, not by its rank.
 *
 * G      sum of gain / log2(2 + c - g), g being the gains of the documents up to it, c the sum up to its rank of
 *        max(1, gain of the best possible ranking); divided by the sum of all positive gains judged
 * binG   sum over the relevant documents retrieved of 1 / log2(2 + non-relevant ones above it), divided by the number
 *        of relevant documents
 */

export const G = withPairs('G', (pairs) => {
  const gainOf = gainsFrom(pairs);
  return {
    compute(query) {
      const ideal = idealGains(query, gainOf);
      let cost = 0;
      let gained = 0;
      let sum = 0;
      for (let i = 0; i < query.seen; i++) {
        const gain = gainOf(query.grades[i]!);
        gained += gain;
        cost += Math.max(1, ideal[i] ?? 0);
        if (gain !== 0) sum += gain / Math.log2(2 + cost - gained);
      }
      return share(
        sum,
        ideal.reduce((total, gain) => total + gain, 0),
      );
    },
  };
});

export const binG = plain('binG', {
  compute(query) {
    let found = 0;
    let sum = 0;
    for (let i = 0; i < query.seen; i++) {
      if (query.grades[i]! < query.level) continue;
      sum += 1 / Math.log2(2 + i - found);
      found++;
    }
    return share(sum, query.relevant);
  },
});
