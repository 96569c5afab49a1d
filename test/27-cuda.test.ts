import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import type { Embeddings } from '#src/common/embeddings.js';
import { cudaAddon } from '#src/native/cuda-addon.js';
import { agreesWithCore } from '#src/vector/auto-backend.js';
import { cudaStatus } from '#src/vector/backends/cuda.js';
import { ExactEngine } from '#src/vector/exact-engine.js';
import { VectorIndex } from '#src/vector/vector-index.js';
import type { VectorTopK } from '#src/vector/vector-options.js';
import { gaussian, randomOf } from './support/vectors.js';

// That cuda finds what the other backends find is test/26, which runs all that are available.

const nvcc = spawnSync(process.env.CUDACXX ?? 'nvcc', ['--version']).status === 0;
const builds = nvcc || process.env.CI ? test : test.skip;
const status = await cudaStatus();
const withGpu = status.available ? test.serial : test.skip;
const withoutGpu = status.available ? test.skip : test;
const why = status.available ? '' : ` (skipped without a GPU: ${status.detail.split('; tried')[0]})`;

const inputError = (message: RegExp) => ({ name: 'InputError', message });

function rows(count: number, dimension: number, seed: number) {
  const random = randomOf(seed);
  return { data: Float32Array.from({ length: count * dimension }, () => gaussian(random)), count, dimension };
}

const plain = ({ indices, scores, counts }: VectorTopK) => [[...indices], [...scores], [...counts]];

builds('the addon loads, in a worker too, and tells what GPUs there are or why none', async (t) => {
  const { devices, reason } = cudaAddon().devices();
  t.is(devices.length === 0, reason !== undefined);
  t.regex(reason ?? '-', /^[^\n]+$/);
  for (const { name, memoryBytes, capability } of devices) {
    t.true(name.length > 0 && memoryBytes > 0);
    t.regex(capability, /^\d+\.\d+$/);
  }
  const source = `
    import { parentPort } from 'node:worker_threads';
    import { cudaAddon } from ${JSON.stringify(import.meta.resolve('#src/native/cuda-addon.js'))};
    parentPort.postMessage(cudaAddon().devices().devices.length);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  const [found] = await once(worker, 'message');
  t.is(found, devices.length);
  await worker.terminate();
});

builds('the addon checks its arguments again', (t) => {
  const addon = cudaAddon();
  const create = (metric: string, devices: Uint32Array, memoryBytes: number) =>
    addon.createCudaIndex(Float32Array.of(1), 1, 1, metric, Uint32Array.of(0), devices, memoryBytes, undefined);
  t.throws(() => void create('euclid', Uint32Array.of(0), 0), { message: 'metric must be cosine or dot' });
  t.throws(() => void create('dot', new Uint32Array(0), 0), { message: 'devices must be at least one' });
  t.throws(() => void create('dot', Uint32Array.of(0), -1), { message: /^memoryBytes must be / });
});

test('what is wrong with the options is named, with or without a GPU', async (t) => {
  const refused = async (cuda: object, message: RegExp) =>
    t.throwsAsync(VectorIndex.create(rows(2, 2, 1), { backend: 'cuda', cuda }), inputError(message));
  await refused({ devices: [] }, /^cuda\.devices must be numbers of GPUs, got an array of 0$/);
  await refused({ devices: 0 }, /^cuda\.devices must be numbers of GPUs, got 0$/);
  await refused({ devices: [0.5] }, /^cuda\.devices must be a whole number/);
  await refused({ devices: [0, 0] }, /^cuda\.devices: a GPU is given twice$/);
  await refused({ memoryBytes: 0 }, /^cuda\.memoryBytes must be a whole number/);
  const elsewhere = VectorIndex.create(rows(2, 2, 1), { backend: 'simd', cuda: {} });
  await t.throwsAsync(elsewhere, inputError(/^cuda: not for the backend simd$/));
  await t.throwsAsync(
    VectorIndex.create(rows(2, 2, 1), { backend: 'cuda', precision: 'int8' }),
    inputError(/^precision int8: only the backend simd has it, not cuda$/),
  );
});

withoutGpu('without a GPU, cuda says why and how to get it', async (t) => {
  t.truthy(status.remedy);
  const error = await t.throwsAsync(VectorIndex.create(rows(2, 2, 1), { backend: 'cuda' }), { name: 'InputError' });
  t.is(error?.message, `backend cuda: ${status.detail}. To get it: ${status.remedy}`);
});

test("an engine is trusted that gives the core's results, and no other", async (t) => {
  const codes = (documents: Embeddings, options: { metric: 'cosine'; ranks: Uint32Array }) =>
    ExactEngine.create(documents, { ...options, codes: true });
  t.true(await agreesWithCore(codes));
  t.false(
    await agreesWithCore((documents, options) => codes(documents, { ...options, ranks: options.ranks.toReversed() })),
  );
  const nearly = async (documents: Embeddings, options: { metric: 'cosine'; ranks: Uint32Array }) => {
    const data = documents.data.map((x, i) => (i === 7 ? x + 0.5 : x));
    return codes({ ...documents, data }, options);
  };
  t.false(await agreesWithCore(nearly));
  t.false(await agreesWithCore(() => Promise.reject(new Error('out of memory'))));
});

withoutGpu('without a GPU, auto is simd whatever the size', async (t) => {
  const large = { data: new Float32Array(2 ** 24), count: 2 ** 12, dimension: 2 ** 12 };
  using index = await VectorIndex.create(large);
  t.is(index.backend, 'simd');
});

withGpu(`auto is cuda for a large corpus, and simd for a small one${why}`, async (t) => {
  const large = rows(2 ** 16, 2 ** 8, 2);
  using index = await VectorIndex.create(large);
  t.is(index.backend, 'cuda');
  const queries = rows(20, 2 ** 8, 3);
  const found = await index.search(queries, { k: 100 });
  t.like(found.report, { backend: 'cuda', exact: true, fallbacks: 0 });
  using simd = await VectorIndex.create(large, { backend: 'simd' });
  t.deepEqual(plain(found), plain(await simd.search(queries, { k: 100 })));
  using small = await VectorIndex.create(rows(100, 8, 4));
  t.is(small.backend, 'simd');
});

withGpu(`documents beyond the memory allowed come in blocks${why}`, async (t) => {
  const documents = rows(20_000, 96, 5);
  const queries = rows(50, 96, 6);
  using simd = await VectorIndex.create(documents, { backend: 'simd' });
  using cuda = await VectorIndex.create(documents, { backend: 'cuda', cuda: { memoryBytes: 4 * 2 ** 20 } });
  for (const k of [1, 10, 300]) {
    t.deepEqual(plain(await cuda.search(queries, { k })), plain(await simd.search(queries, { k })));
  }
});

withGpu(`a device that is not there is named${why}`, async (t) => {
  const created = VectorIndex.create(rows(2, 2, 1), { backend: 'cuda', cuda: { devices: [99] } });
  await t.throwsAsync(created, inputError(/^cuda: there is no device 99, only \d+$/));
});
