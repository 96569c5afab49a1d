import { basename, join, resolve } from 'node:path';
import { writeAtomic } from '../common/write-atomic.js';
import { writeFolder } from '../common/write-folder.js';
import { NanoTask } from '../dataset/nano-task.js';
import { writeNanoTask } from '../dataset/nano-writer.js';
import type { CandidateRow } from '../dataset/task.js';
import { auditNanoTask } from './audit-set.js';
import { type BuildNanoOptions, checkBuildOptions } from './build-options.js';
import {
  bm25Candidates,
  firstStageDepth,
  type HybridCandidates,
  hybridCandidates,
  hybridDepth,
  rrfK,
} from './candidates.js';
import { renderCard } from './card.js';
import { checkOutput } from './check-output.js';
import { denseCandidates, denseConfigName } from './dense-candidates.js';
import { describeHybrid, describeSet, type SetFacts, type SetMetadata } from './describe-set.js';
import { describeFiles } from './manifest.js';
import { openSources, type Source } from './open-source.js';
import { type Sample, sampleSource } from './sample.js';
import type { FullSource } from './source.js';
import { detectLanguages } from './statistics.js';

export interface BuiltNanoSet {
  readonly folder: string;
  /** The folder's own name. */
  readonly group: string;
  /** The split of the set. */
  readonly task: string;
  /** What `metadata/{task}.json` holds. */
  readonly metadata: SetMetadata;
}

/**
 * Makes a Nano set of a full benchmark: a folder in BEIR or Parquet layout, or a dataset that `openDataset` knows; of
 * several, the subsets of one task (`name` is needed then).
 * Samples it by HAKARI's rules (docs/datasets.md), makes candidates `bm25` and, with an encoder, dense and
 * `reranking_hybrid` ones, and audits what it wrote. The folder appears when all of it is there. The same source, options
 * and version give the same bytes. Throws InputError for wrong input, when the output is there, and when the audit fails.
 */
export async function buildNanoSet(
  source: Source | readonly Source[],
  options: BuildNanoOptions,
): Promise<BuiltNanoSet> {
  const sampling = checkBuildOptions(options);
  const { output, embeddings, force = false, signal, onProgress } = options;
  const dense = embeddings && denseConfigName(embeddings, options.denseConfig);
  await checkOutput(output, force);
  const group = basename(resolve(output));
  const { full, task } = await openSources(source, options);
  const sample = await sampleSource(full, { ...sampling, signal, onProgress });
  const candidates = await makeCandidates({ group, task, sample, full, dense }, options);
  onProgress?.({ stage: 'detect languages', done: 0 });
  const languages = await detectLanguages(sample.queries, sample.corpus, signal);
  const facts: SetFacts = {
    group,
    task,
    source: await full.facts(signal),
    sampling,
    sample,
    languages,
    candidates: candidates.settings,
  };
  const metadata = describeSet(facts);
  await writeFolder(
    output,
    () => checkOutput(output, force),
    async (folder) => {
      onProgress?.({ stage: 'write', done: 0 });
      await writeNanoTask(folder, task, { ...sample, candidates: candidates.rows });
      await writeJson(join(folder, 'metadata', `${task}.json`), metadata);
      if (candidates.hybrid !== undefined && dense !== undefined) {
        const described = describeHybrid(facts, dense, candidates.hybrid);
        await writeJson(join(folder, 'reranking_hybrid_metadata.json'), described);
      }
      await writeAtomic(join(folder, 'README.md'), renderCard(facts, metadata));
      await writeJson(join(folder, 'manifest.json'), await describeFiles(folder, facts));
      onProgress?.({ stage: 'audit', done: 0 });
      await auditNanoTask(new NanoTask({ group, name: task, path: folder }), sampling);
      signal?.throwIfAborted();
    },
  );
  return { folder: output, group, task, metadata };
}

interface CandidateTask {
  readonly group: string;
  readonly task: string;
  readonly sample: Sample;
  readonly full: FullSource;
  /** Config of the dense candidates, where there is an encoder. */
  readonly dense: string | undefined;
}

interface MadeCandidates {
  readonly rows: Readonly<Record<string, readonly CandidateRow[]>>;
  readonly settings: SetFacts['candidates'];
  readonly hybrid?: HybridCandidates;
}

async function makeCandidates(
  { group, task, sample, full, dense: config }: CandidateTask,
  options: BuildNanoOptions,
): Promise<MadeCandidates> {
  const { corpus, queries, qrels } = sample;
  const lexical = await bm25Candidates(sample, full, options);
  const { embeddings } = options;
  if (embeddings === undefined || config === undefined) {
    return { rows: { bm25: lexical.rows }, settings: { bm25: lexical.settings } };
  }
  const dense = await denseCandidates({ group, name: task, corpus, queries }, embeddings, options);
  const hybrid = hybridCandidates(lexical.rows, dense.rows, qrels, task);
  return {
    rows: { bm25: lexical.rows, [config]: dense.rows, reranking_hybrid: hybrid.rows },
    settings: {
      bm25: lexical.settings,
      [config]: dense.settings,
      reranking_hybrid: { depth: hybridDepth, first_stage_depth: firstStageDepth, rrf_k: rrfK },
    },
    hybrid,
  };
}

function writeJson(path: string, content: unknown): Promise<void> {
  return writeAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
}
