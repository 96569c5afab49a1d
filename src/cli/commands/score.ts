import type { InferredOptionTypes } from 'yargs';
import { InputError } from '../../common/errors.js';
import { readTrecQrels } from '../../dataset/trec-qrels.js';
import { readTrecRun } from '../../dataset/trec-run.js';
import { includesRunId, splitMeasureList } from '../../metrics/registry.js';
import { scoreRun } from '../../metrics/score-run.js';
import { trecEvalLines } from '../../metrics/trec-report.js';
import type { CommandBody } from '../command-body.js';

const options = {
  qrels: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'Judgements: query iter document grade, or a BEIR qrels .tsv; plain or .gz',
  },
  run: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'Run: query Q0 document rank score tag; plain or .gz',
  },
  measures: {
    type: 'string',
    array: true,
    default: ['official'],
    requiresArg: true,
    describe: 'Comma-separated: ndcg@10, recall@100_micro, map, P_5,10 ...; or official, all_trec, set',
  },
  'per-query': { type: 'boolean', default: false, describe: 'Print the values of single queries too' },
  complete: {
    type: 'boolean',
    default: false,
    describe: 'Average over all judged queries; one that the run lacks counts as an empty ranking',
  },
  'relevance-level': {
    type: 'number',
    default: 1,
    requiresArg: true,
    describe: 'Lowest grade that counts as relevant',
  },
  json: { type: 'boolean', default: false, describe: 'Print one JSON object, values at full precision' },
} as const;

export const scoreCommand: CommandBody<InferredOptionTypes<typeof options>> = {
  builder: (yargs) => yargs.options(options),
  handler: (given) => score(given, (text) => process.stdout.write(text)),
};

export interface ScoreCommandOptions {
  readonly qrels: string;
  readonly run: string;
  readonly measures: readonly string[];
  readonly perQuery: boolean;
  readonly complete: boolean;
  readonly relevanceLevel: number;
  readonly json: boolean;
}

/** Reads both files, scores the run, and hands the text to `write`. */
export async function score(given: ScoreCommandOptions, write: (text: string) => void): Promise<void> {
  const { relevanceLevel, complete, perQuery } = given;
  const names = given.measures.flatMap(splitMeasureList);
  const [qrels, run] = await Promise.all([readTrecQrels(given.qrels), readTrecRun(given.run)]);
  const rankings = run.rankings.values();
  const { measures, summary } = scoreRun({ qrels, rankings, measures: names, relevanceLevel, complete });
  if (summary.queries === 0) throw new InputError(`${given.run}: none of its queries is judged in ${given.qrels}`);
  if (given.json) {
    write(`${JSON.stringify({ runid: run.tag, ...summary, perQuery: perQuery ? summary.perQuery() : undefined })}\n`);
    return;
  }
  const runId = includesRunId(names) ? run.tag : undefined;
  write([...trecEvalLines(measures, summary, { runId, perQuery })].join(''));
}
