import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import fc from 'fast-check';
import type { Embeddings } from '#src/common/embeddings.js';
import { VECTOR_BACKENDS, type VectorBackend } from '#src/vector/backend.js';
import { backendStatuses } from '#src/vector/backend-statuses.js';
import type { TfjsTensor } from '#src/vector/backends/tfjs-core.js';
import { VectorIndex } from '#src/vector/vector-index.js';
import type { VectorMetric, VectorTopK } from '#src/vector/vector-options.js';
import { useBuiltFaissNode } from './support/faiss-node.js';
import { definedScore, gaussian, randomOf, rowOf } from './support/vectors.js';

const KINDS: Record<string, (random: () => number, count: number, dimension: number) => Float32Array> = {
  random: (random, count, dimension) => Float32Array.from({ length: count * dimension }, () => gaussian(random)),
  clustered: (random, count, dimension) => {
    const centres = KINDS.random!(random, 3, dimension);
    return Float32Array.from({ length: count * dimension }, (_, i) => {
      const cluster = Math.floor(i / dimension) % 3;
      return centres[cluster * dimension + (i % dimension)]! + 0.01 * gaussian(random);
    });
  },
  duplicated: (random, count, dimension) => {
    const data = KINDS.random!(random, count, dimension);
    for (let i = 1; i < count; i++) if (i % 3 !== 0) data.copyWithin(i * dimension, 0, dimension);
    return data;
  },
  constant: (_, count, dimension) => new Float32Array(count * dimension).fill(0.1),
  'near ties': (random, count, dimension) => {
    const centre = KINDS.random!(random, 1, dimension);
    const noise = () => 1 + 1e-7 * Math.round(gaussian(random));
    return Float32Array.from({ length: count * dimension }, (_, i) => centre[i % dimension]! * noise());
  },
  'tiny norms': (random, count, dimension) => KINDS.random!(random, count, dimension).map((x) => x * 1e-30),
  'huge norms': (random, count, dimension) => KINDS.random!(random, count, dimension).map((x) => x * 1e25),
  'one huge among small': (random, count, dimension) => {
    const data = KINDS.random!(random, count, dimension);
    for (let i = 0; i < dimension && count > 0; i++) data[i]! *= 1e8;
    return data;
  },
  anisotropic: (random, count, dimension) => KINDS.random!(random, count, dimension).map((x) => 1 + 0.01 * x),
  'with zeros': (random, count, dimension) => {
    const data = KINDS.random!(random, count, dimension);
    for (let i = 0; i < count; i += 2) data.fill(0, i * dimension, (i + 1) * dimension);
    return data;
  },
};

function rowsOf(kind: string, random: () => number, count: number, dimension: number): Embeddings {
  return { data: KINDS[kind]!(random, count, dimension), count, dimension };
}

function valid({ indices, scores, counts, k }: VectorTopK) {
  return [...counts].map((count, query) => ({
    documents: [...indices.subarray(query * k, query * k + count)],
    scores: [...scores.subarray(query * k, query * k + count)],
  }));
}

/** By the definition; ties by position. */
function oracle(documents: Embeddings, queries: Embeddings, metric: VectorMetric, k: number) {
  return Array.from({ length: queries.count }, (_, query) => {
    const scores = Array.from({ length: documents.count }, (_, document) =>
      definedScore(rowOf(queries, query), rowOf(documents, document), metric),
    );
    // Not a difference: two infinite scores would give NaN.
    const order = [...scores.keys()].sort(
      (x, y) => Number(scores[y]! > scores[x]!) - Number(scores[x]! > scores[y]!) || x - y,
    );
    const best = order.slice(0, k);
    return { documents: best, scores: best.map((document) => scores[document]!) };
  });
}

useBuiltFaissNode();
/** Those that can be used here; CI has all, with a faiss-node that it built. */
const available = (await backendStatuses()).filter((status) => status.available).map((status) => status.backend);

test('the backends that this machine must have are there', (t) => {
  // No CI has a GPU.
  const required: VectorBackend[] = process.env.CI ? VECTOR_BACKENDS.filter((b) => b !== 'cuda') : ['simd', 'tfjs'];
  t.log(`available: ${available.join(', ')}`);
  for (const backend of required) t.true(available.includes(backend), backend);
});

for (const backend of available) {
  test.serial(`${backend}: documents and scores are those of the definition, to the last bit`, async (t) => {
    const arbitrary = fc.record({
      kind: fc.constantFrom(...Object.keys(KINDS)),
      queryKind: fc.constantFrom(...Object.keys(KINDS)),
      seed: fc.nat(),
      count: fc.integer({ min: 0, max: 300 }),
      queries: fc.integer({ min: 0, max: 5 }),
      dimension: fc.integer({ min: 1, max: 40 }),
      metric: fc.constantFrom<VectorMetric>('cosine', 'dot'),
      k: fc.integer({ min: 1, max: 320 }),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ kind, queryKind, seed, count, queries, dimension, metric, k }) => {
        const random = randomOf(seed);
        const documents = rowsOf(kind, random, count, dimension);
        const asked = rowsOf(queryKind, random, queries, dimension);
        using index = await VectorIndex.create(documents, { metric, backend });
        const found = await index.search(asked, { k });
        t.is(found.report.backend, backend);
        // Library and version of what is not the core's own.
        t.is(found.report.detail === undefined, backend === 'simd' || backend === 'cuda');
        if (found.report.detail !== undefined) t.regex(found.report.detail, /\d+\.\d+\.\d+/);
        t.true(found.report.exact);
        t.deepEqual(valid(found), oracle(documents, asked, metric, k));
      }),
      { numRuns: backend === 'simd' ? 150 : 60 },
    );
  });

  test.serial(`${backend}: a filter and candidates leave the rest out`, async (t) => {
    const random = randomOf(5);
    const documents = rowsOf('random', random, 500, 12);
    const queries = rowsOf('random', random, 3, 12);
    using index = await VectorIndex.create(documents, { backend });
    const all = valid(await index.search(queries, { k: 500 }));
    for (const one_in of [2, 7, 200]) {
      const filter = new Uint8Array(Math.ceil(500 / 8));
      for (let d = 0; d < 500; d += one_in) filter[d >> 3]! |= 1 << (d & 7);
      const filtered = valid(await index.search(queries, { k: 20, filter }));
      const expected = all.map((row) => row.documents.filter((d) => d % one_in === 0).slice(0, 20));
      t.deepEqual(
        filtered.map((row) => row.documents),
        expected,
      );
    }
    const candidates = [[3, 499, 17], [], Uint32Array.of(8)];
    const listed = valid(await index.search(queries, { k: 2, candidates }));
    t.deepEqual(
      listed.map((row) => row.documents),
      all.map((row, query) => row.documents.filter((d) => [...candidates[query]!].includes(d)).slice(0, 2)),
    );
  });

  test.serial(`${backend}: what is wrong is named`, async (t) => {
    const rows = rowsOf('random', randomOf(9), 40, 8);
    const refused = (message: RegExp) => ({ name: 'InputError', message });
    using index = await VectorIndex.create(rows, { backend });
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const broken = { ...rows, data: rows.data.slice() };
      broken.data[2 * 8 + 5] = bad;
      const expected = (name: string) => refused(new RegExp(`^${name}: row 2, dimension 5 is (NaN|infinite)`));
      await t.throwsAsync(VectorIndex.create(broken, { backend }), expected('embeddings'));
      await t.throwsAsync(index.search(broken, { k: 3 }), expected('queries'));
    }
    const narrow = { data: rows.data.subarray(0, 7), count: 1, dimension: 7 };
    await t.throwsAsync(index.search(narrow, { k: 3 }), refused(/^queries have 7 dimensions, documents have 8$/));
  });

  test.serial(`${backend}: abort, disposal and a second search while one runs`, async (t) => {
    const random = randomOf(6);
    const documents = rowsOf('random', random, 3000, 64);
    const queries = rowsOf('random', random, 200, 64);
    const index = await VectorIndex.create(documents, { backend });
    const expected = valid(await index.search(queries, { k: 5 }));
    const controller = new AbortController();
    // Far longer than it takes to say that it shall stop.
    const many = rowsOf('random', random, 20_000, 64);
    const aborted = index.search(many, { k: 50, signal: controller.signal });
    controller.abort(new Error('enough'));
    await t.throwsAsync(aborted, { message: 'enough' });
    const both = await Promise.all([index.search(queries, { k: 5 }), index.search(queries, { k: 5 })]);
    for (const found of both) t.deepEqual(valid(found), expected);
    index[Symbol.dispose]();
    await t.throwsAsync(index.search(queries, { k: 5 }), { message: /disposed/ });
  });
}

test.serial('tfjs: a tensor that is on the device already is taken as it is', async (t) => {
  const random = randomOf(10);
  for (const metric of ['cosine', 'dot'] as const) {
    const documents = rowsOf('with zeros', random, 200, 24);
    const queries = rowsOf('random', random, 5, 24);
    const tensor = tf.tensor2d(documents.data, [200, 24]) as unknown as TfjsTensor;
    const before = tf.memory().numTensors;
    const index = await VectorIndex.create(documents, { backend: 'tfjs', metric, tfjs: { tensor } });
    const found = await index.search(queries, { k: 12 });
    t.deepEqual(valid(found), oracle(documents, queries, metric, 12));
    index[Symbol.dispose]();
    t.is(tf.memory().numTensors, before);
    tensor.dispose();
  }
});

test('of a whole corpus the codes leave few documents to score', async (t) => {
  const random = randomOf(7);
  const documents = rowsOf('random', random, 4000, 96);
  const queries = rowsOf('random', random, 4, 96);
  using index = await VectorIndex.create(documents);
  const { report } = await index.search(queries, { k: 10 });
  t.like(report, { backend: 'simd', precision: 'float32', exact: true, fallbacks: 0 });
  t.true(report.scored >= 40 && report.scored < 4 * 1000);
});

test('a lower precision is rescored from its best hundred', async (t) => {
  const random = randomOf(8);
  const documents = rowsOf('random', random, 600, 32);
  const queries = rowsOf('random', random, 4, 32);
  for (const precision of ['float16', 'int8', 'binary'] as const) {
    using plain = await VectorIndex.create(documents, { precision });
    using rescored = await VectorIndex.create(documents, { precision, rescore: true });
    const hundred = await plain.search(queries, { k: 100 });
    t.like(hundred.report, { precision, exact: false });
    const found = await rescored.search(queries, { k: 7 });
    t.like(found.report, { precision, exact: false, scored: 400 });
    using exact = await VectorIndex.create(documents);
    const candidates = valid(hundred).map((row) => row.documents);
    t.deepEqual(valid(found), valid(await exact.search(queries, { k: 7, candidates })));
    await t.throwsAsync(plain.search(queries, { k: 1, candidates }), { message: /not for the precision/ });
  }
});

test('options that do not go together are refused', async (t) => {
  const rows = { data: Float32Array.of(1), count: 1, dimension: 1 };
  const refused = async (options: object, message: RegExp) =>
    t.throwsAsync(VectorIndex.create(rows, options), { name: 'InputError', message });
  await refused({ backend: 'gpu' }, /^backend must be one of auto, simd, /);
  await refused({ precision: 'int4' }, /^precision must be one of float32, float16, int8, binary/);
  await refused({ precision: 'int8', backend: 'tfjs' }, /^precision int8: only the backend simd has it, not tfjs$/);
  await refused({ faiss: {} }, /^faiss: not for the backend simd$/);
  await refused({ tfjs: {} }, /^tfjs: not for the backend simd$/);
  await refused({ backend: 'tfjs', tfjs: 1 }, /^tfjs must be an object/);
  await refused({ rescore: true }, /^rescore: float32 scores are exact already$/);
  await refused({ rescore: 1 }, /^rescore must be a boolean/);
});
