/* Run as a worker while the pool is at work for another thread: says that its own work waits, and awaits it. */
import { parentPort } from 'node:worker_threads';
import { VectorIndex } from '#src/vector/vector-index.js';

const created = VectorIndex.create({ data: Float32Array.of(1, 0), count: 1, dimension: 2 });
parentPort?.postMessage('waiting');
await created;
