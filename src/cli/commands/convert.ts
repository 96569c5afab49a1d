import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import { type ConvertProgress, convertDataset } from '../../dataset/convert.js';
import { TARGETS } from '../../dataset/convert-ids.js';
import { checkTarget } from '../../dataset/convert-output.js';
import type { CommandBody } from '../command-body.js';
import { convertedText } from '../convert-text.js';
import { HUB_OPTIONS, HUB_VALUES, openShowingDownload } from '../hub-options.js';
import { interruptible } from '../interruption.js';
import { openProgressView } from '../progress.js';

const options = {
  to: { choices: TARGETS, demandOption: true, describe: 'Layout to write' },
  split: { type: 'string', describe: 'Only this task (split); default as in evaluate' },
  'without-candidates': { type: 'boolean', default: false, describe: "Leave the dataset's own rankings out" },
  ...HUB_OPTIONS,
  force: { type: 'boolean', default: false, describe: 'Replace a dataset that is there' },
  json: { type: 'boolean', default: false, describe: 'Print one JSON object a task' },
} as const;

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof options>> & { from: string; target: string };

export const convertCommand: CommandBody<Given> = {
  builder: (yargs) =>
    yargs
      .positional('from', {
        type: 'string',
        demandOption: true,
        describe: 'Folder in Nano, BEIR or TREC layout, a file of pairs (.jsonl, .csv, .tsv), or a known name',
      })
      .positional('target', { type: 'string', demandOption: true, describe: 'Folder to make' })
      .options(options)
      .requiresArg(['to', 'split', ...HUB_VALUES])
      .example('$0 convert data/scifact NanoSciFact --to nano', '')
      .example('$0 convert data/NanoMMTEB-v2 ailastatutes --split ailastatutes --to trec', '') as never,
  handler: (given) => interruptible((signal) => convert(given, signal)),
};

async function convert(given: Given, signal: AbortSignal): Promise<void> {
  const { from, target, to, split, force, withoutCandidates, json } = given;
  await checkTarget(target, force); // a download may come first
  const tasks = await openShowingDownload({ ...given, dataset: from, task: split }, signal);
  const view = openProgressView();
  const onProgress = ({ task, stage, done }: ConvertProgress) => view.update({ title: `${task}: ${stage}`, done });
  try {
    const converted = await convertDataset(tasks, target, { to, force, withoutCandidates, signal, onProgress });
    view.stop();
    for (const task of converted) process.stdout.write(json ? `${JSON.stringify(task)}\n` : convertedText(task));
  } finally {
    view.stop();
  }
}
