import type { Embeddings } from '../common/embeddings.js';
import { type NativeQuantizedIndex, nativeCore } from '../native/addon.js';
import { callNative } from '../native/call.js';
import type { TopK } from '../rank/ranking.js';
import type { VectorMetric, VectorPrecision } from './vector-options.js';

export interface QuantizedIndexOptions {
  readonly precision: Exclude<VectorPrecision, 'float32'>;
  readonly metric: VectorMetric;
  /** See tieRanks. */
  readonly ranks: Uint32Array;
  readonly signal?: AbortSignal | undefined;
}

/** Documents as codes, every one of which a search scores. */
export class QuantizedIndex implements Disposable {
  readonly #native: NativeQuantizedIndex;
  /** Memory of the codes. */
  readonly bytes: number;

  private constructor(native: NativeQuantizedIndex) {
    this.#native = native;
    this.bytes = native.bytes();
  }

  /** Throws InputError for a component that is not finite, or does not fit `float16`, naming row and dimension. */
  static async create({ data, count, dimension }: Embeddings, options: QuantizedIndexOptions): Promise<QuantizedIndex> {
    const { precision, metric, ranks, signal } = options;
    return new QuantizedIndex(
      await callNative(signal, (cancellation) =>
        nativeCore().createQuantizedIndex(data, count, dimension, precision, metric, ranks, cancellation),
      ),
    );
  }

  /** Fills `topK`: the best by code. */
  async search({ data, count, dimension }: Embeddings, topK: TopK, signal: AbortSignal | undefined): Promise<void> {
    await callNative(signal, (cancellation) =>
      this.#native.search(data, count, dimension, topK.k, topK.indices, topK.scores, topK.counts, cancellation),
    );
  }

  [Symbol.dispose](): void {
    this.#native.dispose();
  }
}
