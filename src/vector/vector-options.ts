import { checkChoice, fail } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { BatchSearchOptions, SearchOptions, TopK } from '../rank/ranking.js';
import type { SubsetOptions } from '../rank/subset.js';
import type { TieRule } from '../rank/tie-order.js';
import { VECTOR_BACKENDS, type VectorBackend } from './backend.js';
import type { CudaOptions } from './backends/cuda.js';
import type { FaissOptions } from './backends/faiss.js';
import type { TfjsTensor } from './backends/tfjs-core.js';

export const VECTOR_METRICS = ['cosine', 'dot'] as const;
export type VectorMetric = (typeof VECTOR_METRICS)[number];

/** `float32` is exact; the others search what is left of the embeddings in that precision (docs/protocol.md). */
export const VECTOR_PRECISIONS = ['float32', 'float16', 'int8', 'binary'] as const;
export type VectorPrecision = (typeof VECTOR_PRECISIONS)[number];

export interface TfjsIndexOptions {
  /**
   * The embeddings, float32 [count, dimension], where an encoder left them on the device, so that they do not go there
   * again. It remains the caller's.
   */
  readonly tensor?: TfjsTensor | undefined;
}

export interface VectorIndexOptions {
  /** Default `cosine`; a zero vector scores 0 by either. */
  readonly metric?: VectorMetric | undefined;
  /** What finds the documents, default `auto`: the fastest one here (docs/backends.md). */
  readonly backend?: 'auto' | VectorBackend | undefined;
  /** Default `float32`. The others are on the backend `simd` only. */
  readonly precision?: VectorPrecision | undefined;
  /** Of the other precisions: the best max(k, 100) by codes are scored exactly and ordered anew. Default false. */
  readonly rescore?: boolean | undefined;
  /** Of the backend `faiss`. */
  readonly faiss?: FaissOptions | undefined;
  /** Of the backend `cuda`. */
  readonly cuda?: CudaOptions | undefined;
  /** Of the backend `tfjs`. */
  readonly tfjs?: TfjsIndexOptions | undefined;
  /** One id per document, which decides among equal scores; without ids, the earlier document comes first. */
  readonly ids?: readonly string[] | undefined;
  /** Order of documents with equal scores, default `id-ascending`. */
  readonly tieRule?: TieRule | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Of an index over a file: the backend is `simd` (or `auto`), the precision float32. */
export type VectorOpenOptions = Omit<VectorIndexOptions, 'rescore' | 'faiss' | 'cuda' | 'tfjs'>;

export interface VectorSearchOptions extends SearchOptions, SubsetOptions {}
export interface VectorBatchSearchOptions extends BatchSearchOptions, SubsetOptions {}

/** How a search went. */
export interface VectorReport {
  readonly backend: VectorBackend;
  /** What the backend ran on, where that is not the core: library and version, device. */
  readonly detail?: string | undefined;
  readonly precision: VectorPrecision;
  /** Whether the rankings are those of the exact scores over all documents, or of the subset asked for. */
  readonly exact: boolean;
  /** Queries for which the proposals could not be proven complete, so that a float32 scan answered. */
  readonly fallbacks: number;
  /** Documents whose score was computed exactly to rank them, all queries together; without those of fallbacks. */
  readonly scored: number;
}

export interface VectorTopK extends TopK {
  readonly report: VectorReport;
}

/** Defaults filled in. Throws InputError for what is unknown or does not go together. */
export function checkVectorOptions(options: VectorIndexOptions): {
  metric: VectorMetric;
  /** `simd` for `auto`, in whose place there may come another. */
  backend: VectorBackend;
  auto: boolean;
  precision: VectorPrecision;
  rescore: boolean;
  faiss: FaissOptions;
  cuda: CudaOptions;
  tfjs: TfjsIndexOptions;
} {
  const metric = checkChoice('metric', options.metric ?? 'cosine', VECTOR_METRICS);
  const asked = checkChoice('backend', options.backend ?? 'auto', ['auto', ...VECTOR_BACKENDS] as const);
  const precision = checkChoice('precision', options.precision ?? 'float32', VECTOR_PRECISIONS);
  const { rescore = false } = options;
  if (typeof rescore !== 'boolean') fail('rescore', 'a boolean', rescore);
  const auto = asked === 'auto';
  const backend = auto ? 'simd' : asked;
  if (precision !== 'float32' && backend !== 'simd') {
    throw new InputError(`precision ${precision}: only the backend simd has it, not ${backend}`);
  }
  if (rescore && precision === 'float32') throw new InputError('rescore: float32 scores are exact already');
  const faiss = ofBackend('faiss', options.faiss, backend);
  const cuda = ofBackend('cuda', options.cuda, backend);
  const tfjs = ofBackend('tfjs', options.tfjs, backend);
  return { metric, backend, auto, precision, rescore, faiss, cuda, tfjs };
}

/** Options of one backend, none by default. */
function ofBackend<Options extends object>(
  name: VectorBackend,
  options: Options | undefined,
  backend: VectorBackend,
): Options | Record<string, never> {
  if (options === undefined) return {};
  if (name !== backend) throw new InputError(`${name}: not for the backend ${backend}`);
  if (typeof options !== 'object' || options === null) fail(name, 'an object', options);
  return options;
}
