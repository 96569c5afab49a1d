import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import { checkInteger } from '../../common/check.js';
import { InputError } from '../../common/errors.js';
import { checkWritableFolder } from '../../common/writable-folder.js';
import type { Task } from '../../dataset/task.js';
import { TrecRunWriter } from '../../dataset/trec-run-writer.js';
import { openEmbeddings } from '../../encoder/open.js';
import type { EvaluateOptions } from '../../evaluation/evaluate.js';
import type { Profile } from '../../evaluation/profile.js';
import { TaskSession } from '../../evaluation/task-session.js';
import { PROTOCOLS } from '../../metrics/protocol.js';
import { parseMeasures, splitMeasureList } from '../../metrics/registry.js';
import { coreConfiguration } from '../../native/addon.js';
import type { CommandBody } from '../command-body.js';
import { explainPair } from '../explain.js';
import { HUB_OPTIONS, HUB_VALUES, openShowingDownload } from '../hub-options.js';
import { interruptible } from '../interruption.js';
import { LEXICAL_OPTIONS, LEXICAL_VALUES, lexicalOptions } from '../lexical-options.js';
import { runEvaluation } from '../run-evaluation.js';
import { VECTOR_OPTIONS, VECTOR_VALUES, vectorOptions } from '../vector-options.js';

const PROFILES = ['bm25', 'dense', 'hybrid', 'candidates'] as const;

const options = {
  dataset: {
    type: 'string',
    demandOption: true,
    describe:
      'Folder in Nano, BEIR or TREC layout, or a file of pairs; or a group such as NanoMMTEB-v2, or org/name, from the Hugging Face Hub',
  },
  task: { type: 'string', describe: 'Only this task (split); default all of a Nano folder, `test` of others' },
  name: { type: 'string', describe: 'Call the group of a folder so: two folders of one name would share results' },
  encoder: { type: 'string', describe: 'use-lite, or precomputed:DIR with queries.npy and corpus.npy in table order' },
  ...HUB_OPTIONS,
  ...LEXICAL_OPTIONS,
  ...VECTOR_OPTIONS,
  candidates: {
    type: 'string',
    array: true,
    describe: "Which of the dataset's own rankings the profile candidates scores; default reranking_hybrid",
  },
  protocol: { choices: PROTOCOLS, describe: 'Default hakari for a Nano folder, trec for others' },
  'top-k': { type: 'number', describe: 'Documents per ranking; default 100 by hakari, 1000 by trec' },
  measures: { type: 'string', array: true, describe: 'Further measures for the result files' },
  output: { type: 'string', default: 'results', describe: 'Folder for results: <group>/<task>/<profile>.json' },
  explain: {
    type: 'string',
    describe: 'In place of an evaluation, print how BM25 scores a document for a query: QUERY-ID:DOCUMENT-ID',
  },
  run: { type: 'string', describe: 'Also write the rankings as a TREC run (one task, one profile)' },
} as const;

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof options>> & {
  profiles: readonly (typeof PROFILES)[number][];
};

export const evaluateCommand: CommandBody<Given> = {
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
      .requiresArg([
        'dataset',
        'task',
        'name',
        'encoder',
        ...HUB_VALUES,
        ...LEXICAL_VALUES,
        ...VECTOR_VALUES,
        'top-k',
        'explain',
        'output',
        'run',
      ])
      .example('$0 evaluate bm25 --dataset NanoMMTEB-v2 --task ailastatutes', '')
      .example('$0 evaluate bm25 dense hybrid --encoder use-lite --dataset data/NanoMMTEB-v2', '')
      .example('$0 evaluate dense --encoder use-lite --precision int8 --rescore --dataset data/scifact', '') as never,
  handler: (given) => interruptible((signal) => evaluateDataset(given, signal)),
};

async function evaluateDataset(given: Given, signal: AbortSignal): Promise<void> {
  coreConfiguration(); // what is wrong with the core is to be said before the work, not behind it
  const profiles = profilesOf(given);
  const lexical = lexicalOptions(given);
  const topK = given.topK === undefined ? undefined : checkInteger('--top-k', given.topK, 1);
  const measures = checkMeasures(given.measures);
  if (given.explain === undefined) await checkWritableFolder(given.output); // a download may come first
  const tasks = await openShowingDownload(given, signal);
  if (given.explain !== undefined) return explain(given, given.explain, tasks, profiles, { lexical, signal });
  if (given.run !== undefined) await checkRun(given.run, tasks, profiles);
  const needsEncoder = profiles.some(({ name }) => name === 'dense' || name === 'reranking_hybrid');
  const searching = needsEncoder ? await vectorOptions(given) : {};
  using embeddings = needsEncoder ? await openEmbeddings(encoderOf(given)) : undefined;
  const dense = embeddings && { embeddings, ...searching };
  const shared = { profiles, lexical, dense, topK, measures, protocol: given.protocol, signal };
  if (given.run === undefined) await runEvaluation(tasks, shared, given.output);
  else await runWithTrecRun(given.run, tasks, shared, given.output);
}

async function explain(
  given: Given,
  pair: string,
  tasks: readonly Task[],
  profiles: readonly Profile[],
  ranking: Pick<EvaluateOptions, 'lexical' | 'signal'>,
): Promise<void> {
  const [task] = tasks;
  if (task === undefined || tasks.length > 1) {
    throw new InputError(`--explain: a pair is of one task, got ${tasks.length}; choose one with --task`);
  }
  if (profiles.length > 1 || profiles[0]?.name !== 'bm25') throw new InputError('--explain: is of the profile bm25');
  if (given.run !== undefined || given.measures !== undefined) {
    throw new InputError('--explain: nothing is evaluated; leave out --run and --measures');
  }
  await using session = await TaskSession.open(task, { ...ranking, tieRule: 'id-ascending' });
  process.stdout.write(explainPair(await session.lexicalRetriever(), pair));
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
