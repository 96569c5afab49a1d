import type { ArgumentsCamelCase, CommandModule, InferredOptionTypes } from 'yargs';
import { convertDataset } from '../../dataset/convert.js';
import { TARGETS } from '../../dataset/convert-ids.js';
import { openDataset } from '../../dataset/open-dataset.js';
import { convertedText } from '../convert-text.js';
import { interruptible } from '../interruption.js';

const options = {
  to: { choices: TARGETS, demandOption: true, describe: 'Layout to write' },
  split: { type: 'string', describe: 'Only this task (split); default as in evaluate' },
  'without-candidates': { type: 'boolean', default: false, describe: "Leave the dataset's own rankings out" },
  force: { type: 'boolean', default: false, describe: 'Replace a dataset that is there' },
  json: { type: 'boolean', default: false, describe: 'Print one JSON object a task' },
} as const;

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof options>> & { from: string; target: string };

export const convertCommand: CommandModule<object, Given> = {
  command: 'convert <from> <target>',
  describe: 'Write a dataset in another layout: Nano parquet, BEIR, or TREC',
  builder: (yargs) =>
    yargs
      .positional('from', {
        type: 'string',
        demandOption: true,
        describe: 'Folder in Nano, BEIR or TREC layout, a file of pairs (.jsonl, .csv, .tsv), or a known name',
      })
      .positional('target', { type: 'string', demandOption: true, describe: 'Folder to make' })
      .options(options)
      .requiresArg(['to', 'split'])
      .example('$0 convert data/scifact NanoSciFact --to nano', '')
      .example('$0 convert data/NanoMMTEB-v2 ailastatutes --split ailastatutes --to trec', '') as never,
  handler: (given) => interruptible((signal) => convert(given, signal)),
};

async function convert(given: Given, signal: AbortSignal): Promise<void> {
  const { from, target, to, split, force, withoutCandidates, json } = given;
  const tasks = await openDataset(from, { task: split });
  for (const task of await convertDataset(tasks, target, { to, force, withoutCandidates, signal })) {
    process.stdout.write(json ? `${JSON.stringify(task)}\n` : convertedText(task));
  }
}
