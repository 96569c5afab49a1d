import { checkFloat32, checkInteger, checkOptions, checkSignal, fail } from '../common/check.js';
import type { Embeddings } from '../common/embeddings.js';
import { InputError } from '../common/errors.js';
import type { Index, TopKBlock } from '../rank/ranking.js';
import { allocateTopK, searchInBatches } from '../rank/search.js';
import { checkCandidates, checkFilter, packCandidates } from '../rank/subset.js';
import { tieRanks } from '../rank/tie-order.js';
import { chooseBackend } from './auto-backend.js';
import type { VectorBackend } from './backend.js';
import type { VectorEngine } from './engine.js';
import { ExactEngine } from './exact-engine.js';
import { locateEmbeddings } from './mapped-embeddings.js';
import { openEngine } from './open-engine.js';
import {
  checkVectorOptions,
  type VectorBatchSearchOptions,
  type VectorIndexOptions,
  type VectorMetric,
  type VectorOpenOptions,
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
    embeddings: Pick<Embeddings, 'count' | 'dimension'>,
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
    const how = { ...checked, ranks: ranksOf(embeddings.count, options), signal: options.signal };
    if (checked.auto) {
      const backend = await chooseBackend(embeddings, checked.precision);
      // What the GPU has no room for, or fails at, the core does.
      const engine =
        backend === 'simd' ? undefined : await openEngine(embeddings, { ...how, backend }).catch(() => undefined);
      if (engine !== undefined) return new VectorIndex(engine, embeddings, { ...checked, backend });
    }
    const engine = await openEngine(embeddings, how).catch((error) => {
      checkNotTransferred(embeddings);
      throw error;
    });
    return new VectorIndex(engine, embeddings, checked);
  }

  /**
   * The same over a `.npy` file of `<f4`, in C order, that may be larger than memory: the file is mapped, and of it only a
   * few blocks are held at a time (docs/backends.md). Do not write to the file or cut it off while the index lives: that may
   * end the process; replacing it by another is harmless. Throws InputError, naming the file, also for one that is missing,
   * truncated, or of another kind, and for a backend other than `simd` or a precision other than float32.
   */
  static async open(path: string, options: VectorOpenOptions = {}): Promise<VectorIndex> {
    if (typeof path !== 'string' || path === '') fail('path', 'the name of a file', path);
    checkOptions(options);
    checkSignal(options.signal);
    const checked = checkVectorOptions(options);
    if (checked.backend !== 'simd')
      throw new InputError(`backend ${checked.backend}: only simd searches a mapped file`);
    if (checked.precision !== 'float32') {
      throw new InputError(`precision ${checked.precision}: only float32 is searched in a mapped file`);
    }
    options.signal?.throwIfAborted();
    const embeddings = await locateEmbeddings(path);
    const ranks = ranksOf(embeddings.count, options);
    const { metric } = checked;
    const engine = await ExactEngine.open(embeddings, { metric, ranks, codes: true, signal: options.signal });
    return new VectorIndex(engine, embeddings, checked);
  }

  /**
   * Top k by score, ties by the tie rule. Throws InputError for queries that do not fit or are not finite. What is given
   * is copied: change or transfer it as soon as the call has returned.
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
    const own = { ...queries, data: queries.data.slice() };
    const report = await this.#engine.search({ queries: own, filter, candidates, signal: options.signal }, topK);
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
    return searchInBatches(count, options, (start, end, batchOptions) => {
      checkEmbeddings('queries', queries); // they may have been transferred since the last batch
      return this.search(
        { data: data.subarray(start * dimension, end * dimension), count: end - start, dimension },
        { ...batchOptions, candidates: options.candidates?.slice(start, end) },
      );
    });
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

/** What fails because of it says less. */
function checkNotTransferred({ data, count, dimension }: Embeddings): void {
  if (data.length === count * dimension) return;
  throw new InputError('embeddings: their buffer was transferred while they were indexed');
}

/** One rank a document, by which equal scores are ordered. */
function ranksOf(count: number, { ids, tieRule }: Pick<VectorIndexOptions, 'ids' | 'tieRule'>): Uint32Array {
  if (ids === undefined) return new Uint32Array(count).map((_, position) => position);
  if (ids.length !== count) throw new InputError(`ids: ${ids.length} for ${count} embeddings`);
  return tieRanks(ids, tieRule ?? 'id-ascending');
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
