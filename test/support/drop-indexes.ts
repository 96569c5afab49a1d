/*
 * Run as a process of its own: makes indexes of 10 MB and more, 900 MB of each kind, without disposing of one, and prints
 * how many megabytes the process grew to.
 */
import { Bm25Index } from '#src/lexical/bm25-index.js';
import { VectorIndex } from '#src/vector/vector-index.js';

const [count, dimension] = [20_000, 512];
const rows = { data: new Float32Array(count * dimension).fill(0.5), count, dimension };
const words = Array.from({ length: 40_000 }, (_, i) => Array.from({ length: 20 }, (_, j) => (i * j) % 9973).join(' '));
let most = 0;
for (const [times, make] of [
  [90, () => VectorIndex.create(rows)],
  [45, () => VectorIndex.create(rows, { precision: 'float16' })],
  [90, () => Bm25Index.build(words, { analyzer: 'whitespace' })],
] as const) {
  for (let i = 0; i < times; i++) {
    await make();
    most = Math.max(most, process.memoryUsage.rss());
  }
}
process.stdout.write(`${Math.round(most / 2 ** 20)}`);
