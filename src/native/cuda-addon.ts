import { requestedThreads } from '../common/threads.js';
import type { Cancellation, NativeVectorIndex } from './addon.js';
import { callAddon } from './call.js';
import { loadAddon } from './load-addon.js';

export const CUDA_REMEDY =
  "Install NVIDIA's CUDA toolkit 12.8 or newer (nvcc), then build in a checkout with `npm run build:native`";

export interface CudaDevice {
  readonly name: string;
  readonly memoryBytes: number;
  /** Compute capability, as `9.0`. */
  readonly capability: string;
  /** Whether the kernels run on it. */
  readonly usable: boolean;
}

interface CudaAddon {
  readonly Cancellation: new () => Cancellation;
  /** What the driver lists, in its order; when nothing, why. */
  devices(): { readonly devices: readonly CudaDevice[]; readonly reason?: string };
  useThreads(threads: number): void;
  /**
   * Searches as the core's index of the same arguments does.
   * @param memoryBytes of each GPU that may be used, 0 for all that is free
   */
  createCudaIndex(
    embeddings: Float32Array,
    count: number,
    dimension: number,
    metric: string,
    tieRanks: Uint32Array,
    devices: Uint32Array,
    memoryBytes: number,
    cancellation: Cancellation | undefined,
  ): Promise<NativeVectorIndex>;
}

let loaded: CudaAddon | undefined;

/**
 * The CUDA addon, loaded at the first call; `TENBIN_THREADS` sets its threads. It loads without a driver. Throws
 * InputError when it cannot be loaded, telling what was tried and how to get it.
 */
export function cudaAddon(): CudaAddon {
  if (loaded === undefined) {
    const addon = loadAddon<CudaAddon>('tenbin-cuda', 'the CUDA addon', CUDA_REMEDY);
    const threads = requestedThreads();
    if (threads !== undefined) addon.useThreads(threads);
    loaded = addon;
  }
  return loaded;
}

/** Runs a call of the addon that `signal` can stop; see callAddon. */
export function callCuda<T>(
  signal: AbortSignal | undefined,
  call: (cancellation: Cancellation | undefined) => Promise<T>,
): Promise<T> {
  return callAddon(cudaAddon, signal, call);
}
