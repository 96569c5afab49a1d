import type { Embeddings } from '../common/embeddings.js';
import type { Proposer, VectorBackend } from './backend.js';
import type { CudaOptions } from './backends/cuda.js';
import { type FaissOptions, openFaiss } from './backends/faiss.js';
import { openFaissNode } from './backends/faiss-node.js';
import { openTfjs } from './backends/tfjs.js';
import { CudaEngine } from './cuda-engine.js';
import type { VectorEngine } from './engine.js';
import { ExactEngine } from './exact-engine.js';
import { PreparedRows } from './prepared-rows.js';
import { ProposedEngine } from './proposed-engine.js';
import { QuantizedEngine } from './quantized-engine.js';
import type { TfjsIndexOptions, VectorMetric, VectorPrecision } from './vector-options.js';

export interface EngineOptions {
  readonly metric: VectorMetric;
  readonly backend: VectorBackend;
  readonly precision: VectorPrecision;
  readonly rescore: boolean;
  readonly faiss: FaissOptions;
  readonly cuda: CudaOptions;
  readonly tfjs: TfjsIndexOptions;
  readonly ranks: Uint32Array;
  readonly signal?: AbortSignal | undefined;
}

/** What searches by these options. */
export async function openEngine(embeddings: Embeddings, options: EngineOptions): Promise<VectorEngine> {
  const { backend, metric, precision } = options;
  if (precision !== 'float32') return QuantizedEngine.create(embeddings, { ...options, precision });
  if (backend === 'cuda') return CudaEngine.create(embeddings, options);
  const exact = await ExactEngine.create(embeddings, { ...options, codes: backend === 'simd' });
  if (backend === 'simd') return exact;
  try {
    const prepared = new PreparedRows(embeddings, metric);
    const proposer = await openProposer(backend, prepared, options);
    return new ProposedEngine(backend, proposer, exact, prepared, metric);
  } catch (error) {
    exact[Symbol.dispose]();
    throw error;
  }
}

function openProposer(
  backend: Exclude<VectorBackend, 'simd' | 'cuda'>,
  prepared: PreparedRows,
  { metric, faiss, tfjs, signal }: EngineOptions,
): Promise<Proposer> {
  switch (backend) {
    case 'faiss':
      return openFaiss(prepared, faiss, signal);
    case 'faiss-node':
      return openFaissNode(prepared, signal);
    case 'tfjs':
      return openTfjs(
        prepared,
        { tensor: tfjs.tensor, divideBy: metric === 'cosine' ? 'norm' : 'largest-norm' },
        signal,
      );
  }
}
