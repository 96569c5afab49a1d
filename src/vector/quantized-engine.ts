import type { Embeddings } from '../common/embeddings.js';
import { InputError } from '../common/errors.js';
import type { TopK } from '../rank/ranking.js';
import { allocateTopK } from '../rank/search.js';
import type { EngineQuery, VectorEngine } from './engine.js';
import { ExactEngine } from './exact-engine.js';
import { QuantizedIndex } from './quantized-index.js';
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
  readonly #index: QuantizedIndex;
  readonly #precision: VectorPrecision;
  readonly #exact: ExactEngine | undefined;
  readonly #size: number;
  readonly zeroVectors: number;

  private constructor(
    index: QuantizedIndex,
    precision: VectorPrecision,
    exact: ExactEngine | undefined,
    { data, count, dimension }: Embeddings,
  ) {
    this.#index = index;
    this.#precision = precision;
    this.#exact = exact;
    this.#size = count;
    this.zeroVectors = exact?.zeroVectors ?? countZeroRows(data, count, dimension);
  }

  static async create(embeddings: Embeddings, options: QuantizedEngineOptions): Promise<QuantizedEngine> {
    const index = await QuantizedIndex.create(embeddings, options);
    try {
      const exact = options.rescore ? await ExactEngine.create(embeddings, { ...options, codes: false }) : undefined;
      return new QuantizedEngine(index, options.precision, exact, embeddings);
    } catch (error) {
      index[Symbol.dispose]();
      throw error;
    }
  }

  async search({ queries, filter, candidates, signal }: EngineQuery, topK: TopK): Promise<VectorReport> {
    if (filter !== undefined || candidates !== undefined) {
      throw new InputError(`filter and candidates: not for the precision ${this.#precision}`);
    }
    const report = { backend: 'simd', precision: this.#precision, exact: false, fallbacks: 0, scored: 0 } as const;
    if (this.#exact === undefined || this.#size === 0) {
      await this.#index.search(queries, topK, signal);
      return report;
    }
    const proposed = allocateTopK(queries.count, Math.max(topK.k, RESCORE_DEPTH), this.#size);
    await this.#index.search(queries, proposed, signal);
    const offsets = Uint32Array.from({ length: queries.count + 1 }, (_, query) => query * proposed.k);
    const { scored } = await this.#exact.search(
      { queries, candidates: { offsets, ids: proposed.indices }, signal },
      topK,
    );
    return { ...report, scored };
  }

  [Symbol.dispose](): void {
    this.#index[Symbol.dispose]();
    this.#exact?.[Symbol.dispose]();
  }
}

function countZeroRows(data: Float32Array, count: number, dimension: number): number {
  let zeros = 0;
  for (let row = 0; row < count; row++) {
    if (data.subarray(row * dimension, (row + 1) * dimension).every((value) => value === 0)) zeros++;
  }
  return zeros;
}
