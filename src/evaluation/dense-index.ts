import { countZeroRows, type Embeddings } from '../common/embeddings.js';
import type { Task } from '../dataset/task.js';
import type { EmbeddingSource } from '../encoder/encoder.js';
import type { Setting } from '../results/task-result.js';
import { VectorIndex } from '../vector/vector-index.js';
import { embedCorpus } from './embed-corpus.js';
import type { DenseOptions } from './profile.js';
import type { BuildOptions } from './retriever.js';
import { searchSettings, tryVectorSearch } from './vector-searching.js';

/** A task's embeddings, the corpus indexed: what the profiles that rank by them share. */
export class DenseIndex implements Disposable {
  readonly index: VectorIndex;
  /** Of the documents, by position. */
  readonly ids: readonly string[];
  readonly queries: Embeddings;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly counts: Readonly<Record<string, number>>;

  private constructor(
    index: VectorIndex,
    ids: readonly string[],
    queries: Embeddings,
    source: EmbeddingSource,
    options: DenseOptions,
  ) {
    this.index = index;
    this.ids = ids;
    this.queries = queries;
    this.settings = {
      encoder: source.id,
      encoderFingerprint: source.fingerprint,
      dimension: index.dimension,
      metric: index.metric,
      ...searchSettings(options),
    };
    this.counts = {
      documents: index.size,
      zeroDocumentVectors: index.zeroVectors,
      zeroQueryVectors: countZeroRows(queries),
    };
  }

  /** Encodes the task's queries and corpus, and indexes the corpus. The index comes last: nothing can fail behind it. */
  static async build(task: Task, options: DenseOptions, build: BuildOptions): Promise<DenseIndex> {
    const { queries, tieRule, clock, signal, onProgress } = build;
    clock.enter('encode');
    const source = await options.embeddings.forTask(task);
    source.checkTable('query', build.queryTableRows);
    const report = (done: number, total: number) => onProgress?.({ stage: 'encode queries', done, total });
    const encoded = await source.embed(queries, 'query', { signal, onProgress: report });
    // Whether Faiss knows a factory can depend on the dimension; the corpus may take hours to encode.
    await tryVectorSearch(options, encoded.dimension);
    const { ids, embeddings } = await embedCorpus(task, source, encoded.dimension, build);
    clock.enter('index');
    const { metric, backend, precision, rescore, faiss } = options;
    const how = { metric, backend, precision, rescore, faiss };
    const index = await VectorIndex.create(embeddings, { ...how, ids, tieRule, signal });
    return new DenseIndex(index, ids, encoded, source, options);
  }

  [Symbol.dispose](): void {
    this.index[Symbol.dispose]();
  }
}
