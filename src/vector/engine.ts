import type { Embeddings } from '../common/embeddings.js';
import type { TopK } from '../rank/ranking.js';
import type { VectorReport } from './vector-options.js';

/** Packed candidates: list i is ids[offsets[i] .. offsets[i + 1]). */
export interface PackedCandidates {
  readonly offsets: Uint32Array;
  readonly ids: Uint32Array;
}

export interface EngineQuery {
  readonly queries: Embeddings;
  readonly filter?: Uint8Array | undefined;
  readonly candidates?: PackedCandidates | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What searches behind a VectorIndex: fills `topK`. */
export interface VectorEngine extends Disposable {
  /** Documents whose components are all 0. */
  readonly zeroVectors: number;
  search(query: EngineQuery, topK: TopK): Promise<VectorReport>;
  /** Writes what the backend's library searches; only where that has a format for it. */
  save?(path: string, signal: AbortSignal | undefined): Promise<void>;
}
