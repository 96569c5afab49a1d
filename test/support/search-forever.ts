/*
 * Run as a worker or as a process of its own: starts searches that take seconds, says so, and leaves them in flight.
 * With the argument `exit` it then calls process.exit, else it lets the parent end it.
 */
import { parentPort } from 'node:worker_threads';
import { VectorIndex } from '#src/vector/vector-index.js';

const dimension = 256;
const documents = { data: new Float32Array(20_000 * dimension).fill(0.5), count: 20_000, dimension };
const queries = { data: new Float32Array(2_000 * dimension).fill(0.25), count: 2_000, dimension };
const index = await VectorIndex.create(documents);
for (let i = 0; i < 3; i++) void index.search(queries, { k: 10 });
parentPort?.postMessage('searching');
if (process.argv.includes('exit')) setTimeout(() => process.exit(7), 20);
