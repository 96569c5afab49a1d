import type { Embeddings } from '../common/embeddings.js';
import type { TopK } from '../rank/ranking.js';

export const VECTOR_BACKENDS = ['simd', 'faiss', 'faiss-node', 'cuda', 'tfjs'] as const;
export type VectorBackend = (typeof VECTOR_BACKENDS)[number];

/** Whether a backend can be used here. */
export interface BackendStatus {
  readonly backend: VectorBackend;
  readonly available: boolean;
  /** Version and device when available, else why not; one line. */
  readonly detail: string;
  /** How to get it, when it is not available; one line. */
  readonly remedy?: string | undefined;
}

/**
 * Documents as a proposer takes them, of norm at most 1: divided by their norm for cosine, by the largest norm of all for
 * dot. A zero vector stays zero.
 */
export interface PreparedDocuments {
  readonly count: number;
  readonly dimension: number;
  /** Rows `start .. end - 1` as a new array, [end - start, dimension] row-major. */
  rows(start: number, end: number): Promise<Float32Array>;
}

/**
 * What proposes documents by inner products of its own. The core scores the proposals exactly and applies the tie rule,
 * so that a proposer only has to find them.
 */
export interface Proposer extends Disposable {
  /** What it runs on, for reports: library and version, device. */
  readonly detail: string;
  /** Whether it looks at every document; if not, a proposal may miss some of the best. */
  readonly exhaustive: boolean;
  /**
   * Bounds |proposed score - inner product| for a query and a document of norm at most 1, when `exhaustive`: the
   * roundings of its dot product in the arithmetic it uses.
   */
  readonly errorBound: number;
  /** The largest k it can be asked for. */
  readonly largestK: number;
  /**
   * The k documents of the largest inner product for each query (queries have norm 1, or 0), in any order of equals;
   * scores descend. Rows may hold fewer than k when it is not exhaustive. Ends early, between blocks, when the signal
   * aborts.
   */
  propose(queries: Embeddings, k: number, signal: AbortSignal | undefined): Promise<TopK>;
  /** Writes what it searches as one file, where its library has a format for it. */
  save?(path: string, signal: AbortSignal | undefined): Promise<void>;
}
