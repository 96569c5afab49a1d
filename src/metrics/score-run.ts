import { checkOptions } from '../common/check.js';
import type { Qrels } from '../rank/qrels.js';
import type { Ranking } from '../rank/ranking.js';
import { MetricAggregator, type MetricSummary } from './aggregator.js';
import type { Measure } from './measure.js';

export interface ScoreOptions {
  readonly qrels: Qrels;
  /** The run's rows, one entry per query, in any order of scores; a query's documents differ. */
  readonly rankings: Iterable<Ranking>;
  readonly measures: readonly string[];
  readonly relevanceLevel?: number | undefined;
  readonly complete?: boolean | undefined;
}

/** Evaluates a whole run by the protocol trec. */
export function scoreRun(options: ScoreOptions): { measures: readonly Measure[]; summary: MetricSummary } {
  checkOptions(options);
  const { rankings, ...rest } = options;
  const aggregator = new MetricAggregator({ ...rest, protocol: 'trec' });
  for (const ranking of rankings) aggregator.push(ranking, { distinct: true });
  return { measures: aggregator.measures, summary: aggregator.summary() };
}
