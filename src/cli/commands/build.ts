import { existsSync } from 'node:fs';
import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import { checkLanguage } from '../../analysis/languages.js';
import { checkAnalyzerSpec } from '../../analysis/open-analyzer.js';
import { buildNanoSet } from '../../build/build-nano-set.js';
import { SAMPLING_ORDERS } from '../../build/build-options.js';
import type { Source } from '../../build/open-source.js';
import { checkInteger } from '../../common/check.js';
import type { DownloadProgress } from '../../dataset/hub/hub-options.js';
import { openEmbeddings } from '../../encoder/open.js';
import { coreConfiguration } from '../../native/addon.js';
import { buildSummary } from '../build-text.js';
import type { CommandBody } from '../command-body.js';
import { HUB_OPTIONS } from '../hub-options.js';
import { interruptible } from '../interruption.js';
import { ANALYZER_CHOICES } from '../lexical-options.js';
import { openProgressView } from '../progress.js';

const options = {
  output: { type: 'string', demandOption: true, describe: "Folder to make; its name is the set's" },
  name: { type: 'string', describe: "The task's name in the set; default from the source" },
  split: { type: 'string', describe: "Of the source's judgements; default test, or the only one" },
  queries: { type: 'number', default: 200, describe: 'At most so many queries' },
  documents: { type: 'number', default: 10_000, describe: 'At most so many documents' },
  positives: { type: 'number', default: 100, describe: 'At most so many judgements a query' },
  order: {
    choices: SAMPLING_ORDERS,
    default: 'seed',
    describe: "seed: drawn by hash; source: as the source stands, as HAKARI's builder does",
  },
  seed: { type: 'number', describe: 'Of the order seed; default 0' },
  'hard-negatives': {
    type: 'string',
    describe: "Candidates of the source (bm25 ...) whose documents come before others'",
  },
  'keep-duplicates': { type: 'boolean', describe: 'Documents, and queries, may share a text' },
  aligned: { type: 'boolean', describe: 'Of several sources in the order source: documents in turn, texts may repeat' },
  analyzer: { type: 'string', describe: `Of the candidates bm25: ${ANALYZER_CHOICES}; default by the language` },
  language: { type: 'string', describe: 'Language of the texts (de, zh ...); default as detected from the queries' },
  encoder: {
    type: 'string',
    describe: 'Also makes dense and hybrid candidates: use-lite, or precomputed:DIR with the rows of the new set',
  },
  'dense-config': { type: 'string', describe: "Name of the dense candidates; default from the encoder's" },
  ...HUB_OPTIONS,
  force: { type: 'boolean', describe: 'Replace a set that is there' },
} as const;

/** Options that take no value. */
const FLAGS = ['keep-duplicates', 'aligned', 'refresh', 'offline', 'force'];

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof options>> & { sources: readonly string[] };

export const buildCommand: CommandBody<Given> = {
  builder: (yargs) =>
    yargs
      .positional('sources', {
        array: true,
        type: 'string',
        demandOption: true,
        describe:
          'Folder in BEIR or Parquet layout, or the name of a dataset; several, or SOURCE#SPLIT, are subsets of one task',
      })
      .options(options)
      .requiresArg(Object.keys(options).filter((name) => !FLAGS.includes(name)))
      .example('$0 build data/scifact --output NanoSciFact', '')
      .example('$0 build data/scifact --output NanoSciFact --encoder use-lite --seed 7', '') as never,
  handler: (given) => interruptible((signal) => build(given, signal)),
};

async function build(given: Given, signal: AbortSignal): Promise<void> {
  coreConfiguration(); // what is wrong with the core is to be said before the work, not behind it
  const { sources, encoder, hardNegatives, keepDuplicates, aligned, denseConfig, analyzer, language, ...rest } = given;
  for (const name of ['queries', 'documents', 'positives'] as const) checkInteger(`--${name}`, given[name], 1);
  if (given.seed !== undefined) checkInteger('--seed', given.seed);
  if (analyzer !== undefined) checkAnalyzerSpec(analyzer);
  if (language !== undefined) checkLanguage('--language', language);
  using embeddings = encoder === undefined ? undefined : await openEmbeddings(encoder);
  const { output, name, split, queries, documents, positives, order, seed, force } = rest;
  const { revision, refresh, offline, cacheDir: cacheFolder } = given;
  const view = openProgressView();
  const onDownload = ({ dataset, stage, done, total }: DownloadProgress) =>
    view.update({ title: `${dataset}: ${stage}`, done, total });
  try {
    const built = await buildNanoSet(sources.map(parseSource), {
      ...{ output, name, split, queries, documents, positives, order, seed, force },
      ...{ hardNegatives, keepDuplicates, aligned, analyzer, language, embeddings, denseConfig, signal },
      hub: { revision, refresh, offline, cacheFolder, onDownload },
      onProgress: (progress) => view.update({ ...progress, title: progress.stage }),
    });
    view.stop();
    process.stdout.write(buildSummary(built));
  } finally {
    view.stop();
  }
}

/** `SOURCE#SPLIT`, where the split may be left out. */
function parseSource(text: string): Source {
  const hash = existsSync(text) ? -1 : text.lastIndexOf('#');
  return hash < 0 ? text : { source: text.slice(0, hash), split: text.slice(hash + 1) };
}
