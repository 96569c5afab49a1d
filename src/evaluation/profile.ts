import type { Analyzer } from '../analysis/analyzer.js';
import type { EmbeddingProvider } from '../encoder/encoder.js';
import type { Bm25Weighing } from '../lexical/bm25-options.js';
import type { FaissOptions } from '../vector/backends/faiss.js';
import type { VectorIndexOptions } from '../vector/vector-options.js';

/** A way to rank, to be weighed: what HAKARI compares, and the rankings that a dataset ships under a config. */
export type Profile =
  | { readonly name: 'bm25' | 'dense' | 'reranking_hybrid' }
  | { readonly name: 'candidates'; readonly config: string };

export const PROFILE_NAMES = ['bm25', 'dense', 'reranking_hybrid', 'candidates'] as const;

/** Name of a profile in tables and result files: a dataset's candidates carry their config's name. */
export function profileLabel(profile: Profile): string {
  return profile.name === 'candidates' ? `candidates_${profile.config}` : profile.name;
}

/** How BM25 ranks; what is left out takes HAKARI's default. */
export interface LexicalOptions extends Bm25Weighing {
  /** Default: by the task's category and language (HAKARI's policy). */
  readonly analyzer?: string | Analyzer | undefined;
  /** Of the texts, in place of the one that the task declares: a code, or Snowball's name. */
  readonly language?: string | undefined;
}

/** How embeddings are compared and searched; default `cosine`, exact, by the fastest backend here. */
export interface VectorSearching extends Pick<VectorIndexOptions, 'metric' | 'backend' | 'precision' | 'rescore'> {
  /** Of the backend `faiss`; an approximate index misses some of the best documents, to weigh recall beside speed. */
  readonly faiss?: Pick<FaissOptions, 'factory' | 'parameters'> | undefined;
}

/** How embeddings are made and searched. */
export interface DenseOptions extends VectorSearching {
  readonly embeddings: EmbeddingProvider;
}

/** What the profiles rank with; dense and hybrid need `dense`. */
export interface RankingOptions {
  readonly lexical?: LexicalOptions | undefined;
  readonly dense?: DenseOptions | undefined;
}
