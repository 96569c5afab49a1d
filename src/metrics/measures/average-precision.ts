import { atCutoff, plain, standardCutoffs, withCutoffs } from '../family.js';
import type { JudgedQuery } from '../judged-query.js';
import { geometricMean, share } from '../measure.js';

/*
 * Average precision: the sum, over the relevant documents among the first k, of the precision at their ranks, divided
 * by how many there could be. R is the number of relevant documents of the query.
 *
 * map, map_cut_k   divided by R (trec_eval); gm_map is its geometric mean over queries
 * map@k            divided by min(R, k) (HAKARI, and BEIR's capped form)
 */

function sumOfPrecisions(query: JudgedQuery, k: number): number {
  const end = Math.min(k, query.seen);
  let found = 0;
  let sum = 0;
  for (let i = 0; i < end; i++) if (query.grades[i]! >= query.level) sum += ++found / (i + 1);
  return sum;
}

const averagePrecision = (k: number) => (query: JudgedQuery) => share(sumOfPrecisions(query, k), query.relevant);

export const mapAt = atCutoff('map', (k) => ({
  compute: (query) => share(sumOfPrecisions(query, k), Math.min(query.relevant, k)),
}));

export const map = plain('map', { compute: averagePrecision(Number.POSITIVE_INFINITY) });

export const gmMap = plain('gm_map', {
  compute: averagePrecision(Number.POSITIVE_INFINITY),
  average: geometricMean,
});

export const mapCut = withCutoffs('map_cut', standardCutoffs, (k) => ({ compute: averagePrecision(k) }));
