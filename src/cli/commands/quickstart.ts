import { join } from 'node:path';
import type { InferredOptionTypes } from 'yargs';
import { checkInteger } from '../../common/check.js';
import { checkWritableFolder } from '../../common/writable-folder.js';
import { openDataset } from '../../dataset/open-dataset.js';
import { makeWordNetSet } from '../../dataset/wordnet.js';
import { openEmbeddings } from '../../encoder/open.js';
import { coreConfiguration } from '../../native/addon.js';
import type { CommandBody } from '../command-body.js';
import { interruptible } from '../interruption.js';
import { runEvaluation } from '../run-evaluation.js';

const options = {
  output: { type: 'string', default: 'quickstart', requiresArg: true, describe: 'Folder for the dataset and results' },
  seed: { type: 'number', default: 0, requiresArg: true, describe: 'Chooses queries and documents' },
} as const;

type Given = InferredOptionTypes<typeof options>;

export const quickstartCommand: CommandBody<Given> = {
  builder: (yargs) => yargs.options(options),
  handler: (given) => interruptible((signal) => quickstart(given, signal)),
};

async function quickstart({ output, seed }: Given, signal: AbortSignal): Promise<void> {
  checkInteger('--seed', seed);
  coreConfiguration();
  await checkWritableFolder(output);
  const dataset = join(output, 'dataset', 'WordNet');
  const made = await makeWordNetSet(dataset, { seed });
  process.stderr.write(`${dataset}: ${made.queries} queries, ${made.documents} documents from WordNet 3.1\n`);
  const tasks = await openDataset(dataset);
  using embeddings = await openEmbeddings('use-lite');
  await runEvaluation(
    tasks,
    {
      profiles: [{ name: 'bm25' }, { name: 'dense' }, { name: 'reranking_hybrid' }],
      lexical: { analyzer: 'english_porter_stop' },
      dense: { embeddings },
      signal,
    },
    join(output, 'results'),
  );
}
