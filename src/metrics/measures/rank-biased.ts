import { InputError } from '../../common/errors.js';
import { withPairs } from '../family.js';
import { share } from '../measure.js';
import { type GainOf, gainsFrom } from './gains.js';

/*
 * Rank-biased precision with persistence p, 0.9 unless `p=` is given (Moffat and Zobel, TOIS 2008), as in trec_eval 10.
 *
 * rbp         (1 - p) times the sum of gain p^(rank - 1); gains are the grades, mapped to [0, 1] by the lowest and
 *             highest gain of the grades 0 ... highest one judged where they do not lie there already
 * rbp_resid   how much unjudged documents could add: p^n + (1 - p) times the sum of p^(rank - 1) over them, n being the
 *             length of the ranking; 0 if all are judged
 */

function persistence(pairs: ReadonlyMap<string, number>): number {
  const p = pairs.get('p') ?? 0.9;
  if (p < 0 || p >= 1) throw new InputError(`measure rbp: p must be in [0, 1), got ${p}`);
  return p;
}

/** Maps the gains of the grades 0 ... highest, and of those given a gain, to [0, 1]. */
function normalised(gainOf: GainOf, pairs: ReadonlyMap<string, number>, highest: number): GainOf {
  const gains = [...pairs].filter(([key]) => key !== 'p').map(([, gain]) => gain);
  let first = 0;
  let last = highest;
  while (first <= last && pairs.has(String(first))) first++;
  while (first <= last && pairs.has(String(last))) last--;
  if (first <= last) gains.push(first, last);
  const lowest = Math.min(...gains);
  const range = Math.max(...gains) - lowest;
  if (lowest >= 0 && lowest + range <= 1) return gainOf;
  return (grade) => (grade < 0 ? 0 : share(gainOf(grade) - lowest, range));
}

export const rbp = withPairs(
  'rbp',
  (pairs) => {
    const p = persistence(pairs);
    const rawGain = gainsFrom(pairs);
    return {
      compute(query) {
        const gainOf = normalised(rawGain, pairs, query.judged[0] ?? 0);
        let sum = 0;
        let weight = 1;
        for (let i = 0; i < query.seen; i++) {
          sum += gainOf(query.grades[i]!) * weight;
          weight *= p;
        }
        return (1 - p) * sum;
      },
    };
  },
  ['p'],
);

export const rbpResidual = withPairs(
  'rbp_resid',
  (pairs) => {
    const p = persistence(pairs);
    return {
      compute(query) {
        let sum = 0;
        let weight = 1;
        for (let i = 0; i < query.seen; i++) {
          if (query.grades[i]! < 0) sum += weight;
          weight *= p;
        }
        return sum > 0 ? weight + (1 - p) * sum : 0;
      },
    };
  },
  ['p'],
);
