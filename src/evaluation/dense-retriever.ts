import { countZeroRows, type Embeddings } from '../common/embeddings.js';
import type { Task } from '../dataset/task.js';
import type { EmbeddingSource } from '../encoder/encoder.js';
import type { Ranking } from '../rank/ranking.js';
import { VectorIndex } from '../vector/vector-index.js';
import { embedCorpus } from './embed-corpus.js';
import type { DenseOptions } from './profile.js';
import { type BuildOptions, type Retriever, toRankings } from './retriever.js';

/** Ranks by the similarity of embeddings. */
export class DenseRetriever implements Retriever, Disposable {
  readonly settings;
  readonly counts;
  readonly #build: BuildOptions;
  readonly #index: VectorIndex;
  readonly #ids: readonly string[];
  readonly #queries: Embeddings;

  private constructor(
    build: BuildOptions,
    index: VectorIndex,
    ids: readonly string[],
    queries: Embeddings,
    source: EmbeddingSource,
  ) {
    this.#build = build;
    this.#index = index;
    this.#ids = ids;
    this.#queries = queries;
    this.settings = {
      encoder: source.id,
      encoderFingerprint: source.fingerprint,
      dimension: index.dimension,
      metric: index.metric,
    };
    this.counts = {
      documents: index.size,
      zeroDocumentVectors: index.zeroVectors,
      zeroQueryVectors: countZeroRows(queries),
    };
  }

  /** Encodes the task's queries and corpus, and indexes the corpus. The index comes last: nothing can fail behind it. */
  static async build(task: Task, options: DenseOptions, build: BuildOptions): Promise<DenseRetriever> {
    const { queries, tieRule, signal, onProgress } = build;
    const source = await options.embeddings.forTask(task);
    source.checkTable('query', build.queryTableRows);
    const report = (done: number, total: number) => onProgress?.({ stage: 'encode queries', done, total });
    const encoded = await source.embed(queries, 'query', { signal, onProgress: report });
    const { ids, embeddings } = await embedCorpus(task, source, encoded.dimension, build);
    const index = await VectorIndex.create(embeddings, { metric: options.metric, ids, tieRule, signal });
    return new DenseRetriever(build, index, ids, encoded, source);
  }

  async retrieve(start: number, end: number, depth: number, signal: AbortSignal | undefined): Promise<Ranking[]> {
    const { data, dimension } = this.#queries;
    const block = { data: data.subarray(start * dimension, end * dimension), count: end - start, dimension };
    const topK = await this.#index.search(block, { k: depth, signal });
    return toRankings(this.#build.queries.slice(start, end), topK, this.#ids);
  }

  [Symbol.dispose](): void {
    this.#index[Symbol.dispose]();
  }
}
