import type { Embeddings } from '../common/embeddings.js';
import type { NativeVectorIndex } from '../native/addon.js';
import { callCuda, cudaAddon } from '../native/cuda-addon.js';
import type { TopK } from '../rank/ranking.js';
import { type CudaOptions, checkCudaOptions } from './backends/cuda.js';
import type { EngineQuery, VectorEngine } from './engine.js';
import { searchNative } from './native-search.js';
import type { VectorMetric, VectorReport } from './vector-options.js';

export interface CudaEngineOptions {
  readonly metric: VectorMetric;
  /** See tieRanks. */
  readonly ranks: Uint32Array;
  readonly cuda: CudaOptions;
  readonly signal?: AbortSignal | undefined;
}

/** Exact search on NVIDIA's GPUs, with the core's scores; the core inside answers what they cannot. */
export class CudaEngine implements VectorEngine {
  readonly zeroVectors: number;
  readonly #native: NativeVectorIndex;

  private constructor(native: NativeVectorIndex) {
    this.#native = native;
    this.zeroVectors = native.zeroVectors();
  }

  /** Throws InputError when there is no GPU to be used, saying why and how to get it. */
  static async create({ data, count, dimension }: Embeddings, options: CudaEngineOptions): Promise<CudaEngine> {
    const { metric, ranks, signal } = options;
    const { devices, memoryBytes } = await checkCudaOptions(options.cuda);
    return new CudaEngine(
      await callCuda(signal, (cancellation) =>
        cudaAddon().createCudaIndex(data, count, dimension, metric, ranks, devices, memoryBytes, cancellation),
      ),
    );
  }

  async search(query: EngineQuery, topK: TopK): Promise<VectorReport> {
    const report = await searchNative(this.#native, callCuda, query, topK);
    return { backend: 'cuda', precision: 'float32', exact: true, ...report };
  }

  [Symbol.dispose](): void {
    this.#native.dispose();
  }
}
