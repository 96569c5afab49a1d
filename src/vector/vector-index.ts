import { checkChoice, checkFloat32, checkInteger, fail } from '../common/check.js';
import type { Embeddings } from '../common/embeddings.js';
import { InputError } from '../common/errors.js';
import { type NativeVectorIndex, nativeCore } from '../native/addon.js';
import { callNative } from '../native/call.js';
import type { BatchSearchOptions, Index, SearchOptions, TopK, TopKBlock } from '../rank/ranking.js';
import { allocateTopK, searchInBatches } from '../rank/search.js';
import { type TieRule, tieRanks } from '../rank/tie-order.js';

export const VECTOR_METRICS = ['cosine', 'dot'] as const;
export type VectorMetric = (typeof VECTOR_METRICS)[number];

export interface VectorIndexOptions {
  /** Default `cosine`; a zero vector scores 0 by either. */
  readonly metric?: VectorMetric | undefined;
  /** One id per document, which decides among equal scores; without ids, the earlier document comes first. */
  readonly ids?: readonly string[] | undefined;
  /** Order of documents with equal scores, default `id-ascending`. */
  readonly tieRule?: TieRule | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Exact top-k over all embeddings. Scores are the same bits on every instruction set and thread count: products of
 * float32 summed in float64 in a fixed order, rounded once.
 */
export class VectorIndex implements Index<Embeddings> {
  readonly size: number;
  readonly dimension: number;
  readonly metric: VectorMetric;
  /** Documents whose components are all 0. */
  readonly zeroVectors: number;
  readonly #native: NativeVectorIndex;

  private constructor(native: NativeVectorIndex, embeddings: Embeddings, metric: VectorMetric) {
    this.#native = native;
    this.size = embeddings.count;
    this.dimension = embeddings.dimension;
    this.metric = metric;
    this.zeroVectors = native.zeroVectors();
  }

  /**
   * Indexes `embeddings` without copying them: do not change or transfer their buffer while the index lives. Throws
   * InputError when sizes disagree or a component is NaN or infinite, naming row and dimension.
   */
  static async create(embeddings: Embeddings, options: VectorIndexOptions = {}): Promise<VectorIndex> {
    checkEmbeddings('embeddings', embeddings);
    const metric = checkChoice('metric', options.metric ?? 'cosine', VECTOR_METRICS);
    const { data, count, dimension } = embeddings;
    if (options.ids !== undefined && options.ids.length !== count) {
      throw new InputError(`ids: ${options.ids.length} for ${count} embeddings`);
    }
    const ranks =
      options.ids === undefined
        ? Uint32Array.from({ length: count }, (_, position) => position)
        : tieRanks(options.ids, options.tieRule ?? 'id-ascending');
    const native = await callNative(options.signal, (cancellation) =>
      nativeCore().createVectorIndex(data, count, dimension, metric, ranks, cancellation),
    );
    return new VectorIndex(native, embeddings, metric);
  }

  /** Top k by score, ties by the tie rule. Throws InputError for queries that do not fit or are not finite. */
  async search(queries: Embeddings, options: SearchOptions): Promise<TopK> {
    checkEmbeddings('queries', queries);
    if (queries.dimension !== this.dimension) {
      throw new InputError(`queries have ${queries.dimension} dimensions, documents have ${this.dimension}`);
    }
    const { data, count, dimension } = queries;
    const topK = allocateTopK(count, options.k, this.size);
    await callNative(options.signal, (cancellation) =>
      this.#native.search(data, count, dimension, topK.k, topK.indices, topK.scores, topK.counts, cancellation),
    );
    return topK;
  }

  searchBatches(queries: Embeddings, options: BatchSearchOptions): AsyncIterable<TopKBlock> {
    checkEmbeddings('queries', queries);
    const { data, count, dimension } = queries;
    return searchInBatches(count, options, (start, end, batchOptions) =>
      this.search(
        { data: data.subarray(start * dimension, end * dimension), count: end - start, dimension },
        batchOptions,
      ),
    );
  }

  [Symbol.dispose](): void {
    this.#native.dispose();
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
