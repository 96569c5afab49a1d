import { checkFloat32, checkInteger, checkOptions, checkSignal, fail } from '../common/check.js';
import type { Embeddings } from '../common/embeddings.js';
import { InputError } from '../common/errors.js';
import type { Index, TopKBlock } from '../rank/ranking.js';
import { allocateTopK, searchInBatches } from '../rank/search.js';
import { checkCandidates, checkFilter, packCandidates } from '../rank/subset.js';
import { tieRanks } from '../rank/tie-order.js';
import type { VectorBackend } from './backend.js';
import type { VectorEngine } from './engine.js';
import { openEngine } from './open-engine.js';
import {
  checkVectorOptions,
  type VectorBatchSearchOptions,
  type VectorIndexOptions,
  type VectorMetric,
  type VectorPrecision,
  type VectorSearchOptions,
  type VectorTopK,
} from './vector-options.js';

/**
 * Top-k over embeddings. In float32, whatever the backend, scores are exact: the same bits on every instruction set and
 * thread count (products of float32 summed in float64 in a fixed order, rounded once), and so are the documents, unless
 * the backend does not look at all of them; each result's `report` tells.
 */
export class VectorIndex implements Index<Embeddings> {
  readonly size: number;
  readonly dimension: number;
  readonly metric: VectorMetric;
  readonly backend: VectorBackend;
  readonly precision: VectorPrecision;
  /** Documents whose components are all 0. */
  readonly zeroVectors: number;
  readonly #engine: VectorEngine;

  private constructor(
    engine: VectorEngine,
    embeddings: Embeddings,
    options: { metric: VectorMetric; backend: VectorBackend; precision: VectorPrecision },
  ) {
    this.#engine = engine;
    this.size = embeddings.count;
    this.dimension = embeddings.dimension;
    this.metric = options.metric;
    this.backend = options.backend;
    this.precision = options.precision;
    this.zeroVectors = engine.zeroVectors;
  }

  /**
   * Indexes `embeddings` without copying them: do not change or transfer their buffer while the index lives. Throws
   * InputError when sizes disagree, a component is NaN or infinite, naming row and dimension, or the backend is not to be
   * had here, saying how to get it.
   */
  static async create(embeddings: Embeddings, options: VectorIndexOptions = {}): Promise<VectorIndex> {
    checkEmbeddings('embeddings', embeddings);
    checkOptions(options);
    checkSignal(options.signal);
    const checked = checkVectorOptions(options);
    const { count } = embeddings;
    if (options.ids !== undefined && options.ids.length !== count) {
      throw new InputError(`ids: ${options.ids.length} for ${count} embeddings`);
    }
    const ranks =
      options.ids === undefined
        ? Uint32Array.from({ length: count }, (_, position) => position)
        : tieRanks(options.ids, options.tieRule ?? 'id-ascending');
    const engine = await openEngine(embeddings, { ...checked, ranks, signal: options.signal });
    return new VectorIndex(engine, embeddings, checked);
  }

  /**
   * Top k by score, ties by the tie rule. Throws InputError for queries that do not fit or are not finite. Do not change
   * `candidates` before the search has ended.
   */
  async search(queries: Embeddings, options: VectorSearchOptions): Promise<VectorTopK> {
    checkEmbeddings('queries', queries);
    checkOptions(options);
    checkSignal(options.signal);
    if (queries.dimension !== this.dimension) {
      throw new InputError(`queries have ${queries.dimension} dimensions, documents have ${this.dimension}`);
    }
    const topK = allocateTopK(queries.count, options.k, this.size);
    const filter = checkFilter(options, this.size);
    const candidates = packCandidates(options, queries.count);
    const report = await this.#engine.search({ queries, filter, candidates, signal: options.signal }, topK);
    return { ...topK, report };
  }

  searchBatches(
    queries: Embeddings,
    options: VectorBatchSearchOptions,
  ): AsyncIterable<TopKBlock & { readonly topK: VectorTopK }> {
    checkEmbeddings('queries', queries);
    checkOptions(options);
    checkCandidates(options, queries.count);
    const { data, count, dimension } = queries;
    return searchInBatches(count, options, (start, end, batchOptions) =>
      this.search(
        { data: data.subarray(start * dimension, end * dimension), count: end - start, dimension },
        { ...batchOptions, candidates: options.candidates?.slice(start, end) },
      ),
    );
  }

  /**
   * Writes the index that Faiss searches (backend `faiss`), whole or not at all; `create` takes it as `faiss.load`. Throws
   * InputError for another backend, or when it cannot be written.
   */
  async saveFaiss(path: string, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (typeof path !== 'string' || path === '') fail('path', 'the name of a file', path);
    checkOptions(options);
    checkSignal(options.signal);
    if (this.#engine.save === undefined) throw new InputError(`the backend ${this.backend} has no file format`);
    await this.#engine.save(path, options.signal);
  }

  [Symbol.dispose](): void {
    this.#engine[Symbol.dispose]();
  }
}

function checkEmbeddings(name: string, { data, count, dimension }: Embeddings): void {
  checkFloat32(`${name}.data`, data);
  // Such a buffer could shrink while the core reads it.
  if ((data.buffer as { resizable?: boolean }).resizable) fail(`${name}.data`, 'in a buffer of fixed size', data);
  checkInteger(`${name}.count`, count);
  checkInteger(`${name}.dimension`, dimension, 1);
  if (data.length !== count * dimension) {
    throw new InputError(`${name}: ${data.length} values are not ${count} rows of ${dimension} dimensions`);
  }
}
