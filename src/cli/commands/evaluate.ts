import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ArgumentsCamelCase, CommandModule, InferredOptionTypes } from 'yargs';
import { ANALYZER_NAMES, openAnalyzer } from '../../analysis/open-analyzer.js';
import { checkInteger, checkNumber, checkPositive } from '../../common/check.js';
import { InputError } from '../../common/errors.js';
import { checkWritableFolder } from '../../common/writable-folder.js';
import { openDataset } from '../../dataset/open-dataset.js';
import type { Task } from '../../dataset/task.js';
import { TrecRunWriter } from '../../dataset/trec-run-writer.js';
import { openEmbeddings } from '../../encoder/open.js';
import type { EvaluateOptions } from '../../evaluation/evaluate.js';
import type { Profile } from '../../evaluation/profile.js';
import { PROTOCOLS } from '../../metrics/protocol.js';
import { parseMeasures, splitMeasureList } from '../../metrics/registry.js';
import { coreConfiguration } from '../../native/addon.js';
import { VECTOR_METRICS } from '../../vector/vector-index.js';
import { interruptible } from '../interruption.js';
import { runEvaluation } from '../run-evaluation.js';

const PROFILES = ['bm25', 'dense', 'hybrid', 'candidates'] as const;

const options = {
  dataset: { type: 'string', demandOption: true, describe: 'Folder in Nano or BEIR layout' },
  task: { type: 'string', describe: 'Only this task (split); default all of a Nano folder, `test` of a BEIR folder' },
  encoder: { type: 'string', describe: 'use-lite, or precomputed:DIR with queries.npy and corpus.npy in table order' },
  analyzer: { type: 'string', describe: `${ANALYZER_NAMES.join(', ')}; default by the task's language` },
  k1: { type: 'number', describe: 'BM25: saturation of term frequency; default 1.5' },
  b: { type: 'number', describe: 'BM25: weight of document length; default 0.75' },
  metric: { choices: VECTOR_METRICS, describe: 'Similarity of embeddings; default cosine' },
  candidates: {
    type: 'string',
    array: true,
    describe: "Which of the dataset's own rankings the profile candidates scores; default reranking_hybrid",
  },
  protocol: { choices: PROTOCOLS, describe: 'Default hakari for a Nano folder, trec for a BEIR folder' },
  'top-k': { type: 'number', describe: 'Documents per ranking; default 100 by hakari, 1000 by trec' },
  measures: { type: 'string', array: true, describe: 'Further measures for the result files' },
  output: { type: 'string', default: 'results', describe: 'Folder for results: <group>/<task>/<profile>.json' },
  run: { type: 'string', describe: 'Also write the rankings as a TREC run (one task, one profile)' },
} as const;

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof options>> & {
  profiles: readonly (typeof PROFILES)[number][];
};

export const evaluateCommand: CommandModule<object, Given> = {
  command: 'evaluate <profiles..>',
  describe: 'Rank the documents of each task by one profile or several, and measure the rankings',
  builder: (yargs) =>
    yargs
      .positional('profiles', {
        array: true,
        type: 'string',
        choices: PROFILES,
        demandOption: true,
        describe: 'What to weigh',
      })
      .options(options)
      .requiresArg(['dataset', 'task', 'encoder', 'analyzer', 'k1', 'b', 'top-k', 'output', 'run'])
      .example('$0 evaluate bm25 --dataset data/NanoMMTEB-v2 --task ailastatutes', '')
      .example('$0 evaluate bm25 dense hybrid --encoder use-lite --dataset data/NanoMMTEB-v2', '') as never,
  handler: (given) => interruptible((signal) => evaluateDataset(given, signal)),
};

async function evaluateDataset(given: Given, signal: AbortSignal): Promise<void> {
  coreConfiguration(); // what is wrong with the core is to be said before the work, not behind it
  const profiles = profilesOf(given);
  const lexical = {
    analyzer: checkAnalyzer(given.analyzer),
    k1: given.k1 === undefined ? undefined : checkPositive('--k1', given.k1),
    b: given.b === undefined ? undefined : checkNumber('--b', given.b, 0, 1),
  };
  const topK = given.topK === undefined ? undefined : checkInteger('--top-k', given.topK, 1);
  const measures = checkMeasures(given.measures);
  const tasks = await openDataset(given.dataset, { task: given.task });
  await checkWritableFolder(given.output);
  if (given.run !== undefined) await checkRun(given.run, tasks, profiles);
  const needsEncoder = profiles.some(({ name }) => name === 'dense' || name === 'reranking_hybrid');
  using embeddings = needsEncoder ? await openEmbeddings(encoderOf(given)) : undefined;
  const dense = embeddings && { embeddings, metric: given.metric };
  const shared = { profiles, lexical, dense, topK, measures, protocol: given.protocol, signal };
  if (given.run === undefined) await runEvaluation(tasks, shared, given.output);
  else await runWithTrecRun(given.run, tasks, shared, given.output);
}

async function runWithTrecRun(
  path: string,
  tasks: readonly Task[],
  shared: Omit<EvaluateOptions, 'onProgress' | 'onRanking'>,
  output: string,
): Promise<void> {
  const run = await TrecRunWriter.create(path, 'tenbin');
  try {
    await runEvaluation(tasks, { ...shared, onRanking: (ranking) => run.write(ranking) }, output, () => run.commit());
  } finally {
    await run.discard();
  }
}

function profilesOf({ profiles, candidates = ['reranking_hybrid'] }: Given): Profile[] {
  return [...new Set(profiles)].flatMap((name): Profile[] => {
    if (name === 'candidates') return [...new Set(candidates)].map((config) => ({ name, config }));
    return [{ name: name === 'hybrid' ? 'reranking_hybrid' : name }];
  });
}

function encoderOf({ encoder, profiles }: Given): string {
  if (encoder !== undefined) return encoder;
  const name = profiles.find((profile) => profile === 'dense' || profile === 'hybrid');
  throw new InputError(`evaluate ${name}: --encoder is needed (use-lite, or precomputed:DIR)`);
}

function checkAnalyzer(name: string | undefined): string | undefined {
  if (name !== undefined) openAnalyzer(name);
  return name;
}

function checkMeasures(given: readonly string[] = []): string[] {
  const names = given.flatMap(splitMeasureList);
  if (names.length > 0) parseMeasures(names);
  return names;
}

async function checkRun(path: string, tasks: readonly Task[], profiles: readonly Profile[]): Promise<void> {
  if (tasks.length !== 1 || profiles.length !== 1) {
    throw new InputError(
      `--run: one run holds one task and one profile, got ${tasks.length} tasks and ${profiles.length} profiles`,
    );
  }
  const target = await stat(path).catch(() => undefined);
  if (target !== undefined && !target.isFile()) throw new InputError(`--run: ${path} is there and is not a file`);
  await checkWritableFolder(dirname(path));
}
