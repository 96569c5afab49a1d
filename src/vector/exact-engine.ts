import type { Embeddings } from '../common/embeddings.js';
import { type NativeVectorIndex, nativeCore } from '../native/addon.js';
import { callNative } from '../native/call.js';
import type { TopK } from '../rank/ranking.js';
import type { EngineQuery, VectorEngine } from './engine.js';
import type { MappedEmbeddings } from './mapped-embeddings.js';
import { searchNative } from './native-search.js';
import type { VectorMetric, VectorReport } from './vector-options.js';

export interface ExactEngineOptions {
  readonly metric: VectorMetric;
  /** See tieRanks. */
  readonly ranks: Uint32Array;
  /** Whether codes propose the documents: faster, a quarter of the embeddings' memory more. */
  readonly codes: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The core's own exact search. */
export class ExactEngine implements VectorEngine {
  readonly zeroVectors: number;
  readonly #native: NativeVectorIndex;

  private constructor(native: NativeVectorIndex) {
    this.#native = native;
    this.zeroVectors = native.zeroVectors();
  }

  static async create({ data, count, dimension }: Embeddings, options: ExactEngineOptions): Promise<ExactEngine> {
    const { metric, ranks, codes, signal } = options;
    return new ExactEngine(
      await callNative(signal, (cancellation) =>
        nativeCore().createVectorIndex(data, count, dimension, metric, ranks, codes, cancellation),
      ),
    );
  }

  /** Over a file that is mapped. */
  static async open(
    { path, offset, count, dimension }: MappedEmbeddings,
    options: ExactEngineOptions,
  ): Promise<ExactEngine> {
    const { metric, ranks, codes, signal } = options;
    return new ExactEngine(
      await callNative(signal, (cancellation) =>
        nativeCore().openVectorIndex(path, offset, count, dimension, metric, ranks, codes, cancellation),
      ),
    );
  }

  async search(query: EngineQuery, topK: TopK): Promise<VectorReport> {
    const report = await searchNative(this.#native, callNative, query, topK);
    return { backend: 'simd', precision: 'float32', exact: true, ...report };
  }

  [Symbol.dispose](): void {
    this.#native.dispose();
  }
}
