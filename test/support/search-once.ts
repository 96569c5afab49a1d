/* Run as a worker: one search of each kind, the result posted to the parent. */
import { parentPort } from 'node:worker_threads';
import { Bm25Index } from '#src/lexical/bm25-index.js';
import { VectorIndex } from '#src/vector/vector-index.js';

const lexical = await Bm25Index.build(['red fish', 'blue fish', 'green tree'], { analyzer: 'regex' });
const vector = await VectorIndex.create({ data: Float32Array.of(1, 0, 0, 1, 1, 1), count: 3, dimension: 2 });
const byTerms = await lexical.search(['tree'], { k: 1 });
const byVector = await vector.search({ data: Float32Array.of(0, 1), count: 1, dimension: 2 }, { k: 1 });
parentPort?.postMessage([byTerms.indices[0], byVector.indices[0]]);
