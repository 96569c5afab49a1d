import { requestedThreads } from '../common/threads.js';
import type { Cancellation, ResultArrays } from './addon.js';
import { callAddon } from './call.js';
import { loadAddon } from './load-addon.js';

export const FAISS_REMEDY =
  'Install Faiss and a BLAS (Debian: `apt-get install libfaiss-dev libopenblas-dev`; Homebrew: ' +
  '`brew install faiss libomp`; conda: `conda install -c conda-forge libfaiss`), then build with `npm run build:native`';

/** Rows are those of the index's dimension; of one index, one call at a time runs, and the others wait. */
export interface NativeFaissIndex {
  /** Cannot be cancelled once it runs. */
  train(rows: Float32Array, count: number, cancellation?: Cancellation): Promise<void>;
  add(rows: Float32Array, count: number, cancellation?: Cancellation): Promise<void>;
  search(
    queries: Float32Array,
    count: number,
    k: number,
    ...rest: [...ResultArrays, Cancellation | undefined]
  ): Promise<void>;
  setParameters(parameters: string, cancellation?: Cancellation): Promise<void>;
  /** GPUs answer from now on, if there are any for such an index. */
  useGpus(cancellation?: Cancellation): Promise<void>;
  save(path: string, cancellation?: Cancellation): Promise<void>;
  facts(cancellation?: Cancellation): Promise<FaissFacts>;
  /** Calls in flight go on; later ones are refused. */
  dispose(): void;
}

export interface FaissFacts {
  readonly size: number;
  readonly dimension: number;
  readonly trained: boolean;
  /** An exhaustive float32 scan. */
  readonly flat: boolean;
  /** Clusters that training looks for, at most; 0 when there is nothing to train. */
  readonly clusters: number;
  /** GPUs that answer searches. */
  readonly gpus: number;
}

interface FaissAddon {
  readonly Cancellation: new () => Cancellation;
  /** Of the Faiss that it was compiled with. */
  readonly version: string;
  useThreads(threads: number): void;
  createFaissIndex(
    dimension: number,
    factory: string,
    expected: number,
    cancellation?: Cancellation,
  ): Promise<NativeFaissIndex>;
  openFaissIndex(path: string, cancellation?: Cancellation): Promise<NativeFaissIndex>;
}

let loaded: FaissAddon | undefined;

/**
 * The Faiss addon, loaded at the first call; `TENBIN_THREADS` sets its threads. Throws InputError when it cannot be
 * loaded, telling what was tried and how to get it.
 */
export function faissAddon(): FaissAddon {
  if (loaded === undefined) {
    const addon = loadAddon<FaissAddon>('tenbin-faiss', 'the Faiss addon', FAISS_REMEDY);
    const threads = requestedThreads();
    if (threads !== undefined) addon.useThreads(threads);
    loaded = addon;
  }
  return loaded;
}

/** Runs a call of the addon that `signal` can stop; see callAddon. */
export function callFaiss<T>(
  signal: AbortSignal | undefined,
  call: (cancellation: Cancellation | undefined) => Promise<T>,
): Promise<T> {
  return callAddon(faissAddon, signal, call);
}
