import { atCutoff, plain, standardCutoffs, withCutoffs, withFractions } from '../family.js';
import { countRelevant } from '../judged-query.js';
import { share } from '../measure.js';

/*
 * Precision: the share of relevant documents among the first ones. The divisor is the cutoff even if the ranking is
 * shorter (trec_eval and HAKARI agree). R is the number of relevant documents of the query.
 *
 * precision@k, P_k   relevant in the first k / k
 * relative_P_k       relevant in the first k / min(k, R), the best that could be
 * Rprec              relevant in the first R / R
 * Rprec_mult_x       relevant in the first c / c, c = floor(x R + 0.9)
 */

export const precisionAt = atCutoff('precision', (k) => ({ compute: (query) => countRelevant(query, k) / k }));

export const P = withCutoffs('P', standardCutoffs, (k) => ({ compute: (query) => countRelevant(query, k) / k }));

export const relativeP = withCutoffs('relative_P', standardCutoffs, (k) => ({
  compute: (query) => share(countRelevant(query, k), Math.min(k, query.relevant)),
}));

export const Rprec = plain('Rprec', {
  compute: (query) => share(countRelevant(query, query.relevant), query.relevant),
});

const multiples = [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2];

export const RprecMult = withFractions('Rprec_mult', multiples, (fraction) => ({
  compute: (query) => {
    const cutoff = Math.floor(fraction * query.relevant + 0.9);
    return share(countRelevant(query, cutoff), cutoff);
  },
}));
