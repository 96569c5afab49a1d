import { resolve } from 'node:path';
import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import { type AuditMatch, type AuditProgress, TRAINING_FORMATS } from '../../audit/audit-options.js';
import { auditTraining, checkAudit, refuseInput } from '../../audit/audit-training.js';
import { checkInteger, checkNumber } from '../../common/check.js';
import { InputError } from '../../common/errors.js';
import { AtomicFile } from '../../common/write-atomic.js';
import { auditText, matchText } from '../audit-text.js';
import type { CommandBody } from '../command-body.js';
import { HUB_OPTIONS, HUB_VALUES, openShowingDownload } from '../hub-options.js';
import { interruptible } from '../interruption.js';
import { openProgressView } from '../progress.js';

/** Overlap was found; 1 is for what went wrong. */
const OVERLAP_STATUS = 3;

/** What is held of the report until it is written. */
const REPORT_CHARACTERS = 1 << 16;

const options = {
  train: {
    type: 'string',
    array: true,
    demandOption: true,
    requiresArg: true,
    describe: 'Training files: .jsonl, .csv, .tsv, .txt, plain or .gz, or .parquet',
  },
  dataset: { type: 'string', demandOption: true, requiresArg: true, describe: 'A group or a folder, as in evaluate' },
  task: { type: 'string', requiresArg: true, describe: 'Only this task of the dataset' },
  ...HUB_OPTIONS,
  source: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'Files with the rows that the tasks were made from: their other texts are looked for too',
  },
  'source-field': { type: 'string', array: true, requiresArg: true, describe: 'Only these fields of --source' },
  field: { type: 'string', array: true, requiresArg: true, describe: 'Only these fields or columns; default: all' },
  format: { choices: TRAINING_FORMATS, requiresArg: true, describe: 'How to read the files; default: by their names' },
  'run-words': {
    type: 'number',
    default: 13,
    requiresArg: true,
    describe: 'Words in a row that count when they are shared',
  },
  'run-characters': {
    type: 'number',
    default: 50,
    requiresArg: true,
    describe: 'The same in characters, for scripts without spaces',
  },
  similarity: {
    type: 'number',
    default: 0.6,
    requiresArg: true,
    describe: 'Least Jaccard similarity of the words of near duplicates',
  },
  short: { type: 'boolean', default: false, describe: 'Equal texts of fewer than four words are overlap too' },
  report: { type: 'string', requiresArg: true, describe: 'Write all matches into this file, as JSON lines' },
  fix: { type: 'string', requiresArg: true, describe: 'Write the training file without the rows that overlap' },
  limit: { type: 'number', default: 20, requiresArg: true, describe: 'Matches to print' },
  json: { type: 'boolean', default: false, describe: 'Print one JSON object' },
} as const;

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof options>>;

export const auditCommand: CommandBody<Given> = {
  builder: (yargs) =>
    yargs
      .options(options)
      .requiresArg([...HUB_VALUES])
      .example('$0 audit --train train.jsonl --dataset NanoMMTEB-v2', '')
      .example(
        '$0 audit --train train.jsonl --dataset data/scifact --fix clean.jsonl --report overlap.jsonl',
        '',
      ) as never,
  handler: (given) => interruptible((signal) => audit(given, signal)),
};

/** Status 3 when there is overlap. */
async function audit(given: Given, signal: AbortSignal): Promise<void> {
  checkInteger('--limit', given.limit);
  checkInteger('--run-words', given.runWords, 2, 1000);
  checkInteger('--run-characters', given.runCharacters, 2, 1000);
  checkNumber('--similarity', given.similarity, 0, 1);
  const { field: fields, format, runWords, runCharacters, similarity, short, fix } = given;
  const { source: sources, sourceField: sourceFields } = given;
  const rules = { fields, format, runWords, runCharacters, similarity, short, fix, sources, sourceFields };
  const inputs = await checkAudit(given.train, rules);
  if (given.report !== undefined) {
    refuseInput(given.report, given.train, sources);
    if (inputs.some((input) => input.fix !== undefined && resolve(input.fix) === resolve(given.report!))) {
      throw new InputError(`${given.report}: --report and --fix would both be written there`);
    }
  }
  const tasks = await openShowingDownload(given, signal);
  const report = given.report === undefined ? undefined : await AtomicFile.create(given.report);
  const shown: AuditMatch[] = [];
  const view = openProgressView();
  const onProgress = ({ stage, file, done }: AuditProgress) =>
    view.update({ title: file === undefined ? `${stage} texts` : `${stage} ${file}`, done });
  let lines = '';
  const flush = async () => {
    await report?.write(lines);
    lines = '';
  };
  const onMatch = async (match: AuditMatch) => {
    if (shown.length < given.limit) shown.push(match);
    if (report !== undefined) lines += `${JSON.stringify(match)}\n`;
    if (lines.length > REPORT_CHARACTERS) await flush();
  };
  try {
    const result = await auditTraining(given.train, tasks, { ...rules, onMatch, onProgress, signal });
    view.stop();
    await flush();
    await report?.commit();
    if (given.json) process.stdout.write(`${JSON.stringify({ ...result, shown })}\n`);
    else process.stdout.write(`${[...shown.map(matchText), auditText(result)].join('\n')}\n`);
    if (result.overlap) process.exitCode = OVERLAP_STATUS;
  } finally {
    view.stop();
    await report?.discard();
  }
}
