/*
 * Run as a worker: makes an index of the shared embeddings in `workerData` by its backend, says that it is ready, and
 * waits for a message. Then it searches, `times` over, and posts each result.
 */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { Embeddings } from '#src/common/embeddings.js';
import type { VectorBackend } from '#src/vector/backend.js';
import { VectorIndex } from '#src/vector/vector-index.js';
import { useBuiltFaissNode } from './faiss-node.js';

export interface SearchOrder {
  readonly backend: VectorBackend;
  readonly documents: Embeddings;
  readonly queries: Embeddings;
  readonly k: number;
  readonly times: number;
}

useBuiltFaissNode();
const { backend, documents, queries, k, times } = workerData as SearchOrder;
using index = await VectorIndex.create(documents, { backend });
parentPort?.postMessage('ready');
await once(parentPort!, 'message');
for (let i = 0; i < times; i++) {
  const { indices, scores } = await index.search(queries, { k });
  parentPort?.postMessage({ indices, scores });
}
parentPort?.close();
