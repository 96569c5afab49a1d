import { discounts } from '../discount.js';
import { withPairs } from '../family.js';
import type { JudgedQuery } from '../judged-query.js';
import { share } from '../measure.js';
import { type GainOf, gainsFrom, idealGains } from './gains.js';

/*
 * nDCG over whole rankings, as in trec_eval. With dcg(r) the sum of gain / log2(rank + 1) over the first r retrieved
 * documents, ideal(r) that over the best possible ranking, n retrieved documents, and m judged ones with a gain:
 *
 * ndcg       dcg(n) / ideal(m)
 * ndcg_rel   the mean of dcg(r) / ideal(r) over the m documents with a gain, r being the rank of each; those not
 *            retrieved count as dcg(n) / ideal(m)
 * Rndcg      the mean of dcg(r) / ideal(r) over the r at which the gain of the best possible ranking drops, and over
 *            r = n if the ranking goes on beyond the last of them by more than one document; 0 if nothing is relevant
 */

/** dcg[r] for r = 0 ... gains.length. */
function cumulative(gains: Float64Array): Float64Array {
  const discount = discounts(gains.length);
  const result = new Float64Array(gains.length + 1);
  for (let i = 0; i < gains.length; i++) result[i + 1] = result[i]! + gains[i]! / discount[i]!;
  return result;
}

interface Curves {
  readonly gains: Float64Array;
  readonly ideal: Float64Array;
  dcg(rank: number): number;
  idealDcg(rank: number): number;
}

function curves(query: JudgedQuery, gainOf: GainOf): Curves {
  const gains = query.grades.subarray(0, query.seen).map(gainOf);
  const ideal = idealGains(query, gainOf);
  const dcg = cumulative(gains);
  const idealDcg = cumulative(ideal);
  return {
    gains,
    ideal,
    dcg: (rank) => dcg[Math.min(rank, gains.length)]!,
    idealDcg: (rank) => idealDcg[Math.min(rank, ideal.length)]!,
  };
}

export const ndcg = withPairs('ndcg', (pairs) => {
  const gainOf = gainsFrom(pairs);
  return {
    compute(query) {
      const { gains, ideal, dcg, idealDcg } = curves(query, gainOf);
      return share(dcg(gains.length), idealDcg(ideal.length));
    },
  };
});

export const ndcgRel = withPairs('ndcg_rel', (pairs) => {
  const gainOf = gainsFrom(pairs);
  return {
    compute(query) {
      const { gains, ideal, dcg, idealDcg } = curves(query, gainOf);
      let sum = 0;
      let found = 0;
      for (let i = 0; i < gains.length; i++) {
        if (gains[i]! <= 0) continue;
        sum += share(dcg(i + 1), idealDcg(i + 1));
        found++;
      }
      sum += (ideal.length - found) * share(dcg(gains.length), idealDcg(ideal.length));
      return sum > 0 ? sum / ideal.length : 0;
    },
  };
});

export const Rndcg = withPairs('Rndcg', (pairs) => {
  const gainOf = gainsFrom(pairs);
  return {
    compute(query) {
      if (query.relevant === 0) return 0;
      const { gains, ideal, dcg, idealDcg } = curves(query, gainOf);
      let sum = 0;
      let points = 0;
      for (let rank = 1; rank <= ideal.length; rank++) {
        if (ideal[rank - 1] === ideal[rank]) continue;
        sum += dcg(rank) / idealDcg(rank);
        points++;
      }
      if (gains.length > ideal.length + 1) {
        sum += share(dcg(gains.length), idealDcg(ideal.length));
        points++;
      }
      return share(sum, points);
    },
  };
});
