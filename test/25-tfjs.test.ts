import * as core from '@tensorflow/tfjs-core';
import test from 'ava';
import type { Embeddings } from '#src/common/embeddings.js';
import type { TopK } from '#src/rank/ranking.js';
import type { PreparedDocuments } from '#src/vector/backend.js';
import { openTfjs, type TfjsOptions, tfjsStatus } from '#src/vector/backends/tfjs.js';
import type { TfjsTensor } from '#src/vector/backends/tfjs-core.js';
import { productErrorBound } from '#src/vector/backends/tfjs-precision.js';
import { probe } from '#src/vector/backends/tfjs-runtime.js';

/** Components in [-1, 1), from a linear congruential generator. */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function normOf(row: Float32Array): number {
  return Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
}

function unitRows(data: Float32Array, count: number): Embeddings {
  const dimension = data.length / Math.max(count, 1) || 1;
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dimension, (i + 1) * dimension);
    const norm = normOf(row);
    if (norm > 0) row.set(row.map((x) => x / norm));
  }
  return { data, count, dimension };
}

function prepared({ data, count, dimension }: Embeddings): PreparedDocuments {
  return { count, dimension, rows: async (start, end) => data.slice(start * dimension, end * dimension) };
}

/** In float64, document by document. */
function oracle(documents: Embeddings, queries: Embeddings, query: number): Float64Array {
  const { dimension } = documents;
  return Float64Array.from({ length: documents.count }, (_, document) => {
    let sum = 0;
    for (let i = 0; i < dimension; i++) {
      sum += documents.data[document * dimension + i]! * queries.data[query * dimension + i]!;
    }
    return sum;
  });
}

/** What is wrong with the proposals, by the oracle and the bound; empty when nothing is. */
function faults(topK: TopK, k: number, documents: Embeddings, queries: Embeddings, bound: number): string[] {
  const found: string[] = [];
  for (let query = 0; query < queries.count; query++) {
    const exact = oracle(documents, queries, query);
    const from = query * topK.k;
    if (topK.counts[query] !== Math.min(k, documents.count)) found.push(`query ${query}: count ${topK.counts[query]}`);
    const indices = topK.indices.subarray(from, from + topK.counts[query]!);
    const scores = topK.scores.subarray(from, from + topK.counts[query]!);
    if (new Set(indices).size !== indices.length) found.push(`query ${query}: a document twice`);
    for (const [i, index] of indices.entries()) {
      if (!(Math.abs(scores[i]! - exact[index]!) <= bound)) found.push(`query ${query}, rank ${i}: ${scores[i]}`);
      if (i > 0 && scores[i]! > scores[i - 1]!) found.push(`query ${query}, rank ${i}: scores ascend`);
    }
    const proposed = new Set(indices);
    const left = Math.max(-Infinity, ...exact.filter((_, document) => !proposed.has(document)));
    if (left > scores.at(-1)! + bound) found.push(`query ${query}: a better document is left out`);
  }
  return found;
}

async function propose(documents: Embeddings, queries: Embeddings, k: number, options: TfjsOptions = {}) {
  const proposer = await openTfjs(prepared(documents), options);
  try {
    return { topK: await proposer.propose(queries, k, undefined), bound: proposer.errorBound };
  } finally {
    proposer[Symbol.dispose]();
  }
}

test.serial('the tfjs backend is available here', async (t) => {
  const status = await tfjsStatus();
  t.is(status.backend, 'tfjs');
  t.true(status.available, status.detail);
  t.regex(status.detail, /^@tensorflow\/tfjs-\S+ \d+\.\d+\.\d+, (CPU|GPU)/);
});

test.serial('proposes the nearest documents, within its bound', async (t) => {
  for (const dimension of [1, 3, 64, 257]) {
    const documents = unitRows(noise(100 * dimension, dimension), 100);
    const queries = unitRows(noise(7 * dimension, 99 + dimension), 7);
    for (const blockRows of [undefined, 1, 33, 100]) {
      for (const k of [1, 10, 100, 1000]) {
        const { topK, bound } = await propose(documents, queries, k, { blockRows });
        t.deepEqual(faults(topK, k, documents, queries, bound), [], `${dimension} ${blockRows} ${k}`);
      }
    }
  }
});

test.serial('duplicates, constant and zero rows are proposed like any other', async (t) => {
  const dimension = 16;
  const queries = unitRows(noise(3 * dimension, 5), 3);
  queries.data.fill(0, dimension, 2 * dimension);
  const row = noise(dimension, 8);
  const shapes: Record<string, Float32Array> = {
    duplicates: Float32Array.from({ length: 50 * dimension }, (_, i) => row[i % dimension]!),
    constant: new Float32Array(50 * dimension).fill(1),
    zero: new Float32Array(50 * dimension),
    mixed: noise(50 * dimension, 3).fill(0, 10 * dimension, 30 * dimension),
  };
  for (const [name, data] of Object.entries(shapes)) {
    const documents = unitRows(data, 50);
    for (const k of [1, 20, 50]) {
      const { topK, bound } = await propose(documents, queries, k, { blockRows: 12 });
      t.deepEqual(faults(topK, k, documents, queries, bound), [], `${name} ${k}`);
    }
  }
});

test.serial('queries may be a view with an offset, or none; documents may be none', async (t) => {
  const documents = unitRows(noise(40 * 8, 1), 40);
  const { data } = unitRows(noise(5 * 8, 2), 5);
  const inside = new Float32Array(3 + data.length + 2).fill(7);
  inside.set(data, 3);
  const queries = { data: inside.subarray(3, 3 + data.length), count: 5, dimension: 8 };
  const { topK, bound } = await propose(documents, queries, 6);
  t.deepEqual(faults(topK, 6, documents, queries, bound), []);
  const none = { data: new Float32Array(0), count: 0, dimension: 8 };
  t.is((await propose(documents, none, 6)).topK.counts.length, 0);
  t.deepEqual((await propose(none, queries, 6)).topK.counts, new Uint32Array(5));
});

test.serial('no tensor is left after a proposal, nor after disposal', async (t) => {
  const documents = unitRows(noise(90 * 8, 1), 90);
  const queries = unitRows(noise(5 * 8, 2), 5);
  const before = core.memory().numTensors;
  const proposer = await openTfjs(prepared(documents), { blockRows: 20 });
  const resident = core.memory().numTensors;
  t.is(resident, before + 5);
  for (let i = 0; i < 3; i++) {
    await proposer.propose(queries, 10, undefined);
    t.is(core.memory().numTensors, resident);
  }
  proposer[Symbol.dispose]();
  proposer[Symbol.dispose]();
  t.is(core.memory().numTensors, before);
  await t.throwsAsync(proposer.propose(queries, 10, undefined), { name: 'InputError', message: /disposed/ });
});

test.serial('a proposal in progress when the index is disposed, and one beside it, give their results', async (t) => {
  const documents = unitRows(noise(90 * 8, 1), 90);
  const queries = unitRows(noise(5 * 8, 2), 5);
  const before = core.memory().numTensors;
  const proposer = await openTfjs(prepared(documents), { blockRows: 10 });
  const two = [proposer.propose(queries, 10, undefined), proposer.propose(queries, 20, undefined)] as const;
  proposer[Symbol.dispose]();
  const [a, b] = await Promise.all(two);
  t.deepEqual(faults(a, 10, documents, queries, proposer.errorBound), []);
  t.deepEqual(faults(b, 20, documents, queries, proposer.errorBound), []);
  t.is(core.memory().numTensors, before);
});

test.serial('an abort ends work between blocks and leaves nothing behind', async (t) => {
  const documents = unitRows(noise(400 * 64, 1), 400);
  const queries = unitRows(noise(50 * 64, 2), 50);
  const before = core.memory().numTensors;
  const reason = new Error('enough');
  const aborted = AbortSignal.abort(reason);
  t.is(await t.throwsAsync(openTfjs(prepared(documents), {}, aborted)), reason);
  const early = new AbortController();
  const reading: PreparedDocuments = {
    ...prepared(documents),
    rows: async (start, end) => {
      if (start >= 20) early.abort(reason);
      return documents.data.slice(start * 64, end * 64);
    },
  };
  t.is(await t.throwsAsync(openTfjs(reading, { blockRows: 10 }, early.signal)), reason);
  t.is(core.memory().numTensors, before);

  const proposer = await openTfjs(prepared(documents), { blockRows: 1 });
  t.is(await t.throwsAsync(proposer.propose(queries, 10, aborted)), reason);
  const late = new AbortController();
  const proposal = proposer.propose(queries, 10, late.signal);
  queueMicrotask(() => late.abort(reason));
  t.is(await t.throwsAsync(proposal), reason);
  t.is(core.memory().numTensors, before + 400);
  proposer[Symbol.dispose]();
  t.is(core.memory().numTensors, before);
});

test.serial('a tensor on the device is taken as it is, prepared or raw', async (t) => {
  const { count, dimension } = { count: 60, dimension: 24 };
  const raw = noise(count * dimension, 4).map((x, i) => x * 10 ** ((Math.floor(i / dimension) % 9) - 4));
  raw.fill(0, 7 * dimension, 9 * dimension);
  const byNorm = unitRows(raw.slice(), count);
  const norms = Array.from({ length: count }, (_, i) => normOf(raw.subarray(i * dimension, (i + 1) * dimension)));
  const largest = Math.max(...norms);
  const byLargest = { data: raw.map((x) => x / largest), count, dimension };
  const queries = unitRows(noise(4 * dimension, 6), 4);
  const unread = { count, dimension, rows: () => Promise.reject(new Error('documents are read')) };
  await tfjsStatus();
  await core.setBackend('wasm');
  const before = core.memory().numTensors;
  for (const [divideBy, documents, values] of [
    ['nothing', byNorm, byNorm.data],
    ['norm', byNorm, raw],
    ['largest-norm', byLargest, raw],
  ] as const) {
    for (const blockRows of [undefined, 25]) {
      const tensor = core.tensor2d(values, [count, dimension]);
      const proposer = await openTfjs(unread, { tensor: tensor as unknown as TfjsTensor, divideBy, blockRows });
      t.false(tensor.isDisposed);
      tensor.dispose();
      // The rows of the oracle are rounded to float32 too.
      const bound = proposer.errorBound + 2 ** -23;
      const topK = await proposer.propose(queries, 30, undefined);
      t.deepEqual(faults(topK, 30, documents, queries, bound), [], `${divideBy} ${blockRows}`);
      proposer[Symbol.dispose]();
      t.is(core.memory().numTensors, before);
    }
  }
});

test.serial('a tensor that does not fit is refused by what is wrong with it', async (t) => {
  const documents = unitRows(noise(4 * 3, 1), 4);
  await tfjsStatus();
  await core.setBackend('wasm');
  const before = core.memory().numTensors;
  const open = (tensor: core.Tensor, divideBy?: 'norm') =>
    openTfjs(prepared(documents), { tensor: tensor as unknown as TfjsTensor, divideBy });
  for (const [make, message] of [
    [() => core.zeros([4, 2]), 'tensor must be float32 [4, 3], got float32 [4,2]'],
    [() => core.zeros([12]), 'tensor must be float32 [4, 3], got float32 [12]'],
    [() => core.zeros([4, 3], 'int32'), 'tensor must be float32 [4, 3], got int32 [4,3]'],
  ] as const) {
    const tensor = make();
    await t.throwsAsync(open(tensor), { name: 'InputError', message });
    tensor.dispose();
    await t.throwsAsync(open(tensor), { name: 'InputError', message: /got a disposed one$/ });
  }
  for (const bad of [1e-30, 1e30, Number.NaN, Number.POSITIVE_INFINITY]) {
    const tensor = core.tensor2d(documents.data.slice().fill(bad, 6, 9), [4, 3]);
    await t.throwsAsync(open(tensor, 'norm'), { name: 'InputError', message: /^tensor: the norm of row 2 must be / });
    tensor.dispose();
  }
  t.is(core.memory().numTensors, before);
});

test.serial("the engine's current backend stays what it was", async (t) => {
  await import('@tensorflow/tfjs-backend-cpu');
  t.true(await core.setBackend('cpu'));
  const documents = unitRows(noise(20 * 4, 1), 20);
  const queries = unitRows(noise(2 * 4, 2), 2);
  const proposer = await openTfjs(prepared(documents));
  const proposal = proposer.propose(queries, 5, undefined);
  t.is(core.getBackend(), 'cpu');
  const sum = core.tidy(() => core.sum(core.tensor1d([1, 2])).dataSync()[0]);
  t.is(sum, 3);
  t.deepEqual(faults(await proposal, 5, documents, queries, proposer.errorBound), []);
  proposer[Symbol.dispose]();
  t.is(core.getBackend(), 'cpu');
});

test('the bound grows with the dimension, with division and with TF32', (t) => {
  t.true(productErrorBound(768, false) >= 768 * 2 ** -24 && productErrorBound(768, false) < 1e-4);
  t.true(productErrorBound(768, false, true) > productErrorBound(768, false));
  if (process.env.NVIDIA_TF32_OVERRIDE !== '0') t.true(productErrorBound(1, true) >= 2 ** -9);
});

test('a native package that is missing or does not answer is refused with the reason', async (t) => {
  t.regex((await probe('@tensorflow/no-such-build')) ?? '', /no-such-build/);
  t.is(await probe('@tensorflow/no-such-build', 1), 'no answer within 0.001 s');
});
