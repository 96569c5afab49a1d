import type { JudgedQuery } from './judged-query.js';
import type { Sum } from './sum.js';

/** One number about a ranking and its judgements, and how it is averaged over queries. */
export interface Measure {
  /** As it is asked for and printed: `ndcg@10`, `recall@100_micro`, `P_5`. */
  readonly name: string;
  /** The family it was made by, e.g. `P`. */
  readonly family: string;
  /** Its cutoff where it has one, else 0: the order within the family. */
  readonly cutoff: number;
  /** How many documents of a ranking it looks at. */
  readonly depth: number;
  readonly average: Average;
  /** The value kept for one query. */
  compute(query: JudgedQuery): number;
}

/** How the values of single queries become one value. */
export interface Average {
  /** The value shown for one query. */
  single(value: number, relevant: number): number;
  /** `values` and `relevant` (number of relevant documents) are per query and aligned; at least one query. */
  all(values: readonly number[], relevant: readonly number[], add: Sum): number;
  /** Whether it is a count of things. */
  readonly whole: boolean;
  /** Whether trec_eval prints it for single queries too. */
  readonly printedPerQuery: boolean;
}

/** Arithmetic mean over queries. */
export const mean: Average = {
  single: (value) => value,
  all: (values, _relevant, add) => add(values) / values.length,
  whole: false,
  printedPerQuery: true,
};

/** Sum over queries, of counts. */
export const sum: Average = { ...mean, all: (values, _relevant, add) => add(values), whole: true };

/** Number of queries. */
export const numberOfQueries: Average = { ...sum, printedPerQuery: false };

/** exp(mean(ln(value))), values below 0.00001 raised to it (trec_eval's MIN_GEO_MEAN). */
export const geometricMean: Average = {
  single: (value) => value,
  all: (values, _relevant, add) =>
    Math.exp(add(values.map((value) => Math.log(Math.max(value, 1e-5)))) / values.length),
  whole: false,
  printedPerQuery: false,
};

/** Of counts of relevant documents: their sum over queries, as a share of all relevant documents; 0 if there are none. */
export const shareOfRelevant: Average = {
  single: share,
  all: (values, relevant, add) => share(add(values), add(relevant)),
  whole: false,
  printedPerQuery: true,
};

/** part / whole, and 0 where there is no whole. */
export function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
