import type { MetricSummary } from './aggregator.js';
import { toFixedHalfEven } from './format.js';
import type { Measure } from './measure.js';
import { inTrecOrder } from './registry.js';

/**
 * The lines that trec_eval prints, in its order, each ending in a newline: name padded to 22, tab, query id or `all`,
 * tab, value with four decimals or as a whole number. Single queries come first, if asked for; then the
 * `runid` line, if there is one, and the values over all queries.
 */
export function* trecEvalLines(
  measures: readonly Measure[],
  summary: MetricSummary,
  { runId, perQuery }: { runId?: string | undefined; perQuery: boolean },
): Generator<string> {
  const ordered = inTrecOrder(measures);
  if (perQuery) {
    const printed = ordered.filter((measure) => measure.average.printedPerQuery);
    for (const { queryId, metrics } of summary.perQuery()) {
      for (const measure of printed) yield line(measure.name, queryId, shown(measure, metrics[measure.name]!));
    }
  }
  if (runId !== undefined) yield line('runid', 'all', runId);
  for (const measure of ordered) yield line(measure.name, 'all', shown(measure, summary.metrics[measure.name]!));
}

function line(name: string, query: string, value: string): string {
  return `${name.padEnd(22)}\t${query}\t${value}\n`;
}

function shown(measure: Measure, value: number): string {
  return measure.average.whole ? String(value) : toFixedHalfEven(value, 4);
}
