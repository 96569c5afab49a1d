import type { Embeddings } from '../common/embeddings.js';
import { allocateTopK } from '../rank/search.js';
import type { VectorBackend } from './backend.js';
import { cudaDevices } from './backends/cuda.js';
import { CudaEngine } from './cuda-engine.js';
import type { VectorEngine } from './engine.js';
import { ExactEngine } from './exact-engine.js';
import type { VectorPrecision } from './vector-options.js';

/** Below this, bringing queries to a GPU and results back is most of the work. */
const LARGE_BYTES = 64 * 2 ** 20;

/** Asked once a process. */
let agreement: Promise<boolean> | undefined;

/** What `auto` stands for: nothing that runs on a processor comes near the core, a GPU does for large corpora. */
export async function chooseBackend({ data }: Embeddings, precision: VectorPrecision): Promise<VectorBackend> {
  if (precision !== 'float32' || data.byteLength < LARGE_BYTES || cudaDevices().length === 0) return 'simd';
  agreement ??= agreesWithCore((documents, options) => CudaEngine.create(documents, { ...options, cuda: {} }));
  return (await agreement) ? 'cuda' : 'simd';
}

/**
 * Whether an engine gives the core's documents and scores, to the last bit, on a small corpus with ties; not when it
 * fails. Nobody who did not ask for a GPU should have to trust one that was never tried.
 */
export async function agreesWithCore(
  open: (documents: Embeddings, options: { metric: 'cosine'; ranks: Uint32Array }) => Promise<VectorEngine>,
): Promise<boolean> {
  const documents = pseudoRandom(3000, 160);
  documents.data.copyWithin(documents.data.length / 2, 0); // each document is there twice
  const queries = pseudoRandom(40, 160);
  const ranks = new Uint32Array(documents.count).map((_, position) => position);
  try {
    using core = await ExactEngine.create(documents, { metric: 'cosine', ranks, codes: false });
    using engine = await open(documents, { metric: 'cosine', ranks });
    return (await topKOf(core, queries)).equals(await topKOf(engine, queries));
  } catch {
    return false;
  }
}

async function topKOf(engine: VectorEngine, queries: Embeddings): Promise<Buffer> {
  const topK = allocateTopK(queries.count, 50, 3000);
  await engine.search({ queries }, topK);
  return Buffer.concat([topK.indices, topK.scores, topK.counts].map(({ buffer }) => new Uint8Array(buffer)));
}

/** Rows of a linear congruential generator's upper bits (Numerical Recipes). */
function pseudoRandom(count: number, dimension: number): Embeddings {
  let state = count;
  const data = Float32Array.from({ length: count * dimension }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
  return { data, count, dimension };
}
