import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { faissAddon } from '#src/native/faiss-addon.js';
import type { TopK } from '#src/rank/ranking.js';
import { faissStatus, openFaiss } from '#src/vector/backends/faiss.js';
import { faissNodeStatus, openFaissNode } from '#src/vector/backends/faiss-node.js';
import { useBuiltFaissNode } from './support/faiss-node.js';

const inputError = (message: RegExp) => ({ name: 'InputError', message });
const needsFaiss = (await faissStatus()).available || process.env.CI ? test : test.skip;
useBuiltFaissNode();
const needsFaissNode = (await faissNodeStatus()).available || process.env.CI ? test : test.skip;

/** Unit vectors, normally distributed, of a seeded generator; a view at offset 3. */
function unitRows(count: number, dimension: number, seed: number) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  const data = new Float32Array(3 + count * dimension).subarray(3);
  for (let i = 0; i < count; i++) {
    const row = Array.from({ length: dimension }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(7 * uniform()));
    const norm = Math.hypot(...row);
    data.set(
      row.map((x) => x / norm),
      i * dimension,
    );
  }
  return { data, count, dimension };
}

type Rows = ReturnType<typeof unitRows>;

const prepared = ({ data, count, dimension }: Rows) => ({
  count,
  dimension,
  rows: async (start: number, end: number) => data.slice(start * dimension, end * dimension),
});

function exactScores(documents: Rows, queries: Rows, q: number): number[] {
  return Array.from({ length: documents.count }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < documents.dimension; j++) {
      sum += documents.data[i * documents.dimension + j]! * queries.data[q * documents.dimension + j]!;
    }
    return sum;
  });
}

/** What is wrong with a result that claims to be exact within `bound`, else undefined; and its recall. */
function compare(topK: TopK, documents: Rows, queries: Rows, bound: number) {
  let hits = 0;
  let worst = 0;
  let valid = true;
  for (let q = 0; q < queries.count; q++) {
    const exact = exactScores(documents, queries, q);
    const best = exact.toSorted((a, b) => b - a);
    const row = topK.indices.subarray(q * topK.k, q * topK.k + topK.counts[q]!);
    valid &&= new Set(row).size === row.length && row.every((id) => id < documents.count);
    row.forEach((id, i) => {
      worst = Math.max(worst, Math.abs(topK.scores[q * topK.k + i]! - exact[id]!));
      if (exact[id]! >= best[topK.k - 1]! - 2 * bound) hits++;
    });
  }
  return { valid, worst, recall: hits / (queries.count * topK.k) };
}

const documents = unitRows(3_000, 48, 1);
const queries = unitRows(70, 48, 2);

needsFaiss('Flat finds the best within its bound', async (t) => {
  using index = await openFaiss(prepared(documents), {}, undefined);
  t.true(index.exhaustive);
  for (const k of [1, 10, 150]) {
    const topK = await index.propose(queries, k, undefined);
    const { valid, worst, recall } = compare(topK, documents, queries, index.errorBound);
    t.true(valid);
    t.true(worst <= index.errorBound, `${worst}`);
    t.is(recall, 1);
  }
});

for (const [factory, parameters, floor] of [
  ['HNSW32', 'efSearch=200', 0.8],
  ['IVF64,Flat', 'nprobe=32', 0.7],
  ['SQ8', undefined, 0.8],
] as const) {
  needsFaiss(`${factory} finds most of the best, and survives a round trip`, async (t) => {
    using index = await openFaiss(prepared(documents), { factory, parameters }, undefined);
    t.false(index.exhaustive);
    const topK = await index.propose(queries, 10, undefined);
    const { valid, recall } = compare(topK, documents, queries, 0);
    t.true(valid);
    t.true(recall >= floor, `${recall}`);
    const path = join(await mkdtemp(join(tmpdir(), 'tenbin-')), 'index.faiss');
    await index.save(path);
    using again = await openFaiss(prepared(documents), { load: path, parameters }, undefined);
    t.deepEqual(await again.propose(queries, 10, undefined), topK);
  });
}

needsFaiss('fewer results than k shorten the counts', async (t) => {
  using index = await openFaiss(prepared(documents), { factory: 'IVF64,Flat', parameters: 'nprobe=1' }, undefined);
  const topK = await index.propose(queries, 3_000, undefined);
  t.true(topK.counts.every((count) => count > 0 && count < 3_000));
  t.true(compare(topK, documents, queries, 1).valid);
});

needsFaiss('what cannot be is refused in one line', async (t) => {
  const open = (options: object) => openFaiss(prepared(documents), options, undefined);
  for (const factory of ['Nonsense', 'IVF0,Flat', 'PQ0', 'HNSW99999999999', 'HNSW1', '']) {
    const error = await t.throwsAsync(open({ factory }), inputError(/^factory: /), factory);
    t.notRegex(error!.message, /\n/);
  }
  await t.throwsAsync(open({ factory: 'IVF4000,Flat' }), inputError(/^training: .*3000.*4000/));
  await t.throwsAsync(open({ factory: 'HNSW32', parameters: 'nonsense=3' }), inputError(/^parameters: /));
  await t.throwsAsync(open({ load: '/nowhere/x' }), inputError(/^\/nowhere\/x: /));
  await t.throwsAsync(open({ load: 'x', factory: 'Flat' }), inputError(/exclude/));
  const native = await faissAddon().createFaissIndex(4, 'Flat', 0);
  t.throws(() => native.add(new Float32Array(7), 2), { instanceOf: TypeError });
  const detached = new Float32Array(8);
  structuredClone(detached, { transfer: [detached.buffer] });
  t.throws(() => native.add(detached, 2), { instanceOf: TypeError });
  const short = new Uint32Array(1);
  t.throws(() => native.search(new Float32Array(8), 2, 1, short, new Float32Array(2), new Uint32Array(2), undefined), {
    instanceOf: TypeError,
  });
});

needsFaiss('a damaged file, or one of other documents, is refused', async (t) => {
  const path = join(await mkdtemp(join(tmpdir(), 'tenbin-')), 'index.faiss');
  using index = await openFaiss(prepared(documents), { factory: 'HNSW32' }, undefined);
  await index.save(path);
  const open = (rows: Rows, load: string) => openFaiss(prepared(rows), { load }, undefined);
  await t.throwsAsync(open(unitRows(5, 48, 1), path), inputError(/3000 documents of 48 dimensions, not 5 of 48/));
  await t.throwsAsync(open(unitRows(3_000, 7, 1), path), inputError(/not 3000 of 7/));
  const bytes = await readFile(path);
  for (const at of [0, 40, bytes.length >> 1, bytes.length - 30]) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 0x40;
    await writeFile(`${path}.damaged`, damaged);
    await t.throwsAsync(open(documents, `${path}.damaged`), inputError(/damaged/));
  }
  for (const length of [0, 3, 1_000, bytes.length >> 1]) {
    await writeFile(`${path}.short`, bytes.subarray(0, length));
    await t.throwsAsync(open(documents, `${path}.short`), inputError(/cannot be read as a Faiss index/));
  }
});

needsFaiss('no documents, no queries, k above the documents', async (t) => {
  using empty = await openFaiss(prepared(unitRows(0, 48, 1)), {}, undefined);
  t.deepEqual([...(await empty.propose(queries, 5, undefined)).counts], Array(70).fill(0));
  using few = await openFaiss(prepared(unitRows(3, 48, 1)), {}, undefined);
  t.is((await few.propose(unitRows(0, 48, 1), 5, undefined)).counts.length, 0);
  const topK = await few.propose(queries, 5, undefined);
  t.deepEqual([topK.k, ...new Set(topK.counts)], [3, 3]);
});

needsFaiss('searches at once, an abort and a disposal in mid-search', async (t) => {
  const index = await openFaiss(prepared(documents), {}, undefined);
  const many = unitRows(20_000, 48, 3);
  const once = await index.propose(queries, 10, undefined);
  const controller = new AbortController();
  const aborted = index.propose(many, 100, controller.signal);
  const searches = [index.propose(queries, 10, undefined), index.propose(queries, 10, undefined)];
  controller.abort(new Error('enough'));
  index[Symbol.dispose]();
  await t.throwsAsync(aborted, { message: 'enough' });
  t.deepEqual(await Promise.all(searches), [once, once]);
  await t.throwsAsync(index.propose(queries, 10, undefined), { message: 'the index is disposed' });
});

needsFaiss('worker threads search at once, and can be ended while they do', async (t) => {
  const url = JSON.stringify(new URL('../../dist/vector/backends/faiss.js', import.meta.url).href);
  const code = (rest: string) => `import(${url}).then(async ({ openFaiss }) => {
    const { parentPort } = require('node:worker_threads');
    const data = new Float32Array(4096 * 64).map((_, i) => Math.sin(i) / 8);
    const rows = async (a, b) => data.slice(a * 64, b * 64);
    const index = await openFaiss({ count: 4096, dimension: 64, rows }, {}, undefined);
    ${rest}
  })`;
  const search =
    code(`const { indices } = await index.propose({ data: data.subarray(0, 4096), count: 64, dimension: 64 }, 1, undefined);
    parentPort.postMessage(indices.length);`);
  const forever = code(`parentPort.postMessage(0);
    for (;;) await index.propose({ data, count: 4096, dimension: 64 }, 500, undefined);`);
  const finished = Array.from({ length: 4 }, async () => {
    const worker = new Worker(search, { eval: true });
    const [[result]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    return result;
  });
  const worker = new Worker(forever, { eval: true });
  await once(worker, 'message');
  t.is(await worker.terminate(), 1);
  t.deepEqual(await Promise.all(finished), Array(4).fill(64));
});

needsFaissNode('faiss-node finds the best within its bound; abort and disposal are defined', async (t) => {
  const index = await openFaissNode(prepared(documents), undefined);
  const topK = await index.propose(queries, 10, undefined);
  const { valid, worst, recall } = compare(topK, documents, queries, index.errorBound);
  t.deepEqual([valid, recall], [true, 1]);
  t.true(worst <= index.errorBound);
  t.is((await index.propose(queries, 5_000, undefined)).k, 3_000);
  const signal = AbortSignal.abort(new Error('enough'));
  await t.throwsAsync(index.propose(queries, 10, signal), { message: 'enough' });
  index[Symbol.dispose]();
  await t.throwsAsync(index.propose(queries, 10, undefined), { message: 'the index is disposed' });
  using empty = await openFaissNode(prepared(unitRows(0, 48, 1)), undefined);
  t.deepEqual([...(await empty.propose(queries, 5, undefined)).counts], Array(70).fill(0));
});
