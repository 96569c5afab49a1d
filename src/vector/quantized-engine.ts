import { countZeroRows, type Embeddings } from '../common/embeddings.js';
import { InputError } from '../common/errors.js';
import { type NativeQuantizedIndex, nativeCore } from '../native/addon.js';
import { callNative } from '../native/call.js';
import type { TopK } from '../rank/ranking.js';
import { allocateTopK } from '../rank/search.js';
import type { EngineQuery, VectorEngine } from './engine.js';
import { ExactEngine } from './exact-engine.js';
import { Uses } from './uses.js';
import type { VectorMetric, VectorPrecision, VectorReport } from './vector-options.js';

/** How many of the best by codes are scored exactly (HAKARI rule), or k when that is more. */
const RESCORE_DEPTH = 100;

export interface QuantizedEngineOptions {
  readonly precision: Exclude<VectorPrecision, 'float32'>;
  readonly metric: VectorMetric;
  readonly ranks: Uint32Array;
  readonly rescore: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Ranks by what is left of embeddings in a lower precision, as HAKARI's embedding variants do. */
export class QuantizedEngine implements VectorEngine {
  readonly #native: NativeQuantizedIndex;
  readonly #precision: VectorPrecision;
  readonly #exact: ExactEngine | undefined;
  readonly #size: number;
  readonly #uses: Uses;
  readonly zeroVectors: number;

  private constructor(
    native: NativeQuantizedIndex,
    precision: VectorPrecision,
    exact: ExactEngine | undefined,
    embeddings: Embeddings,
  ) {
    this.#native = native;
    this.#precision = precision;
    this.#exact = exact;
    this.#size = embeddings.count;
    this.#uses = new Uses(() => {
      native.dispose();
      exact?.[Symbol.dispose]();
    });
    this.zeroVectors = exact?.zeroVectors ?? countZeroRows(embeddings);
  }

  static async create(embeddings: Embeddings, options: QuantizedEngineOptions): Promise<QuantizedEngine> {
    const { data, count, dimension } = embeddings;
    const { precision, metric, ranks, signal } = options;
    const native = await callNative(signal, (cancellation) =>
      nativeCore().createQuantizedIndex(data, count, dimension, precision, metric, ranks, cancellation),
    );
    try {
      const exact = options.rescore ? await ExactEngine.create(embeddings, { ...options, codes: false }) : undefined;
      return new QuantizedEngine(native, precision, exact, embeddings);
    } catch (error) {
      native.dispose();
      throw error;
    }
  }

  search(query: EngineQuery, topK: TopK): Promise<VectorReport> {
    return this.#uses.during(() => this.#search(query, topK));
  }

  async #search({ queries, filter, candidates, signal }: EngineQuery, topK: TopK): Promise<VectorReport> {
    if (filter !== undefined || candidates !== undefined) {
      throw new InputError(`filter and candidates: not for the precision ${this.#precision}`);
    }
    const report = { backend: 'simd', precision: this.#precision, exact: false, fallbacks: 0, scored: 0 } as const;
    if (this.#exact === undefined || this.#size === 0) {
      await this.#searchCodes(queries, topK, signal);
      return report;
    }
    const proposed = allocateTopK(queries.count, Math.max(topK.k, RESCORE_DEPTH), this.#size);
    await this.#searchCodes(queries, proposed, signal);
    const offsets = Uint32Array.from({ length: queries.count + 1 }, (_, query) => query * proposed.k);
    const { scored } = await this.#exact.search(
      { queries, candidates: { offsets, ids: proposed.indices }, signal },
      topK,
    );
    return { ...report, scored };
  }

  async #searchCodes({ data, count, dimension }: Embeddings, topK: TopK, signal: AbortSignal | undefined) {
    await callNative(signal, (cancellation) =>
      this.#native.search(data, count, dimension, topK.k, topK.indices, topK.scores, topK.counts, cancellation),
    );
  }

  [Symbol.dispose](): void {
    this.#uses.dispose();
  }
}
