import { InputError } from '../../common/errors.js';
import { plain, withNumbers } from '../family.js';
import { countRelevant } from '../judged-query.js';
import { share } from '../measure.js';

/*
 * Measures of the retrieved documents as a set, as in trec_eval. With r relevant ones among n retrieved, and R relevant
 * ones in all:
 *
 * set_P            r / n
 * set_recall       r / R
 * set_relative_P   r / min(n, R)
 * set_map          r^2 / (n R)
 * set_F            (x + 1) P recall / (recall + x P), x = 1 unless given: how much recall matters against precision
 * utility          a r + b (n - r) + c (R - r), a, b, c = 1, -1, 0 unless given. trec_eval's fourth coefficient, for
 *                  documents neither retrieved nor relevant, must be 0: the size of the collection is not known here
 */

export const setP = plain('set_P', { compute: (query) => share(countRelevant(query), query.seen) });

export const setRecall = plain('set_recall', { compute: (query) => share(countRelevant(query), query.relevant) });

export const setRelativeP = plain('set_relative_P', {
  compute: (query) => share(countRelevant(query), Math.min(query.seen, query.relevant)),
});

export const setMap = plain('set_map', {
  compute: (query) => share(countRelevant(query) ** 2, query.seen * query.relevant),
});

export const setF = withNumbers('set_F', [1], (parameters) => {
  const [x] = parameters;
  if (parameters.length !== 1 || x === undefined || x < 0) {
    throw new InputError(`measure set_F: takes one weight of at least 0, got ${parameters.join(',')}`);
  }
  return {
    compute(query) {
      const precision = share(countRelevant(query), query.seen);
      const recall = share(countRelevant(query), query.relevant);
      return share((x + 1) * precision * recall, x * precision + recall);
    },
  };
});

export const utility = withNumbers('utility', [1, -1, 0, 0], (coefficients) => {
  const [a = 0, b = 0, c = 0, d = 0] = coefficients;
  if (coefficients.length !== 4 || d !== 0) {
    throw new InputError(`measure utility: takes four coefficients, the last one 0, got ${coefficients.join(',')}`);
  }
  return {
    compute(query) {
      const found = countRelevant(query);
      return a * found + b * (query.seen - found) + c * (query.relevant - found);
    },
  };
});
