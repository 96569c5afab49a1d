import type { JudgedQuery } from '../judged-query.js';

/** Gain of each grade: the grade itself, unless `key=gain` parameters of a trec_eval measure say otherwise. */
export type GainOf = (grade: number) => number;

/** Unjudged documents gain 0. Gains may be negative, and grade 0 may have one (trec_eval's rules). */
export function gainsFrom(parameters: ReadonlyMap<string, number>): GainOf {
  return (grade) => (grade < 0 ? 0 : (parameters.get(String(grade)) ?? grade));
}

/** The gains of the best possible ranking: positive gains of all judged documents, highest first. */
export function idealGains(query: JudgedQuery, gainOf: GainOf): Float64Array {
  return query.judged
    .map(gainOf)
    .filter((gain) => gain > 0)
    .sort()
    .reverse();
}
