import test from 'ava';
import fc from 'fast-check';
import { VectorIndex } from '#src/vector/vector-index.js';
import type { VectorMetric } from '#src/vector/vector-options.js';
import { definedScore } from './support/vectors.js';

const inputError = (message: RegExp) => ({ name: 'InputError', message });

function matrix(rows: readonly (readonly number[])[], dimension: number, offset = 0) {
  const data = new Float32Array(offset + rows.length * dimension);
  for (const [i, row] of rows.entries()) data.set(row, offset + i * dimension);
  return { data: data.subarray(offset), count: rows.length, dimension };
}

test('rankings and scores are those of the definition, whatever the offset of the views', async (t) => {
  const component = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1, -1, 0.5));
  const shape = fc.record({
    dimension: fc.integer({ min: 1, max: 40 }),
    documents: fc.integer({ min: 0, max: 40 }),
    queries: fc.integer({ min: 0, max: 9 }),
    k: fc.integer({ min: 1, max: 45 }),
    offset: fc.integer({ min: 0, max: 3 }),
    metric: fc.constantFrom<VectorMetric>('cosine', 'dot'),
  });
  const rows = (count: number, dimension: number) =>
    fc.array(fc.array(component, { minLength: dimension, maxLength: dimension }), {
      minLength: count,
      maxLength: count,
    });
  const cases = shape.chain((s) =>
    fc.record({ s: fc.constant(s), documents: rows(s.documents, s.dimension), queries: rows(s.queries, s.dimension) }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ s, documents, queries }) => {
      using index = await VectorIndex.create(matrix(documents, s.dimension, s.offset), { metric: s.metric });
      const topK = await index.search(matrix(queries, s.dimension, s.offset), { k: s.k });
      queries.forEach((query, q) => {
        const scores = documents.map((document) => definedScore(query, document, s.metric));
        // Not a difference: two infinite scores would give NaN.
        const order = [...scores.keys()].sort(
          (x, y) => Number(scores[y]! > scores[x]!) - Number(scores[x]! > scores[y]!) || x - y,
        );
        const row = [...topK.indices.subarray(q * topK.k, (q + 1) * topK.k)];
        t.deepEqual(row, order.slice(0, topK.k));
        t.deepEqual(
          [...topK.scores.subarray(q * topK.k, (q + 1) * topK.k)],
          row.map((d) => scores[d]!),
        );
      });
    }),
    { numRuns: 200 },
  );
});

test('ids decide among equal scores', async (t) => {
  const same = matrix(
    [
      [1, 0],
      [1, 0],
      [1, 0],
    ],
    2,
  );
  const ids = ['b', 'c', 'a'];
  const order = async (tieRule: 'id-ascending' | 'id-descending') => {
    using index = await VectorIndex.create(same, { ids, tieRule });
    return [...(await index.search(matrix([[1, 1]], 2), { k: 3 })).indices].map((i) => ids[i]);
  };
  t.deepEqual(await order('id-ascending'), ['a', 'b', 'c']);
  t.deepEqual(await order('id-descending'), ['c', 'b', 'a']);
});

test('zero vectors score 0 and are counted', async (t) => {
  using index = await VectorIndex.create(
    matrix(
      [
        [0, 0],
        [-1, 0],
        [1, 1],
      ],
      2,
    ),
  );
  t.is(index.zeroVectors, 1);
  const topK = await index.search(
    matrix(
      [
        [1, 0],
        [0, 0],
      ],
      2,
    ),
    { k: 3 },
  );
  t.deepEqual([...topK.indices], [2, 0, 1, 0, 1, 2]);
  t.deepEqual([...topK.scores.slice(3)], [0, 0, 0]);
});

test('batches together are the whole search', async (t) => {
  const rows = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(i * i), i % 5]);
  using index = await VectorIndex.create(matrix(rows, 3));
  const queries = matrix(rows.slice(0, 23), 3, 1);
  const whole = await index.search(queries, { k: 7 });
  for await (const { start, topK } of index.searchBatches(queries, { k: 7, batchSize: 10 })) {
    t.deepEqual(topK.indices, whole.indices.slice(start * 7, start * 7 + topK.indices.length));
  }
});

test('searches of one index may run at once, and go on when it is disposed', async (t) => {
  const rows = Array.from({ length: 3_000 }, (_, i) => [Math.sin(i), Math.cos(i * i), (i % 5) - 2]);
  const index = await VectorIndex.create(matrix(rows, 3));
  const searches = Array.from({ length: 10 }, () => index.search(matrix(rows.slice(0, 50), 3), { k: 20 }));
  index[Symbol.dispose]();
  const results = await Promise.all(searches);
  for (const result of results) t.deepEqual(result, results[0]!);
  await t.throwsAsync(index.search(matrix([[1, 2, 3]], 3), { k: 1 }), { message: /disposed/ });
});

test('shared memory may be indexed and searched', async (t) => {
  const data = new Float32Array(new SharedArrayBuffer(24));
  data.set([1, 0, 0, 1, 1, 1]);
  using index = await VectorIndex.create({ data, count: 3, dimension: 2 });
  t.deepEqual(
    [...(await index.search({ data: data.subarray(2, 4), count: 1, dimension: 2 }, { k: 3 })).indices],
    [1, 2, 0],
  );
});

test('what is wrong is named', async (t) => {
  const good = matrix(
    [
      [1, 2],
      [3, 4],
    ],
    2,
  );
  const create = (embeddings: unknown, options = {}) => VectorIndex.create(embeddings as never, options);
  await t.throwsAsync(
    create({ ...good, data: [1, 2, 3, 4] }),
    inputError(/^embeddings.data must be a Float32Array, got an array/),
  );
  await t.throwsAsync(
    create({ ...good, count: 3 }),
    inputError(/^embeddings: 4 values are not 3 rows of 2 dimensions/),
  );
  await t.throwsAsync(create({ ...good, dimension: 0 }), inputError(/^embeddings.dimension must be/));
  await t.throwsAsync(
    create(
      matrix(
        [
          [1, 2],
          [3, Number.NaN],
        ],
        2,
      ),
    ),
    inputError(/^embeddings: row 1, dimension 1 is NaN$/),
  );
  await t.throwsAsync(
    create(
      matrix(
        [
          [1, -Infinity],
          [3, 4],
        ],
        2,
      ),
    ),
    inputError(/^embeddings: row 0, dimension 1 is infinite$/),
  );
  await t.throwsAsync(create(good, { metric: 'l2' }), inputError(/^metric must be one of cosine, dot/));
  await t.throwsAsync(create(good, { ids: ['a'] }), inputError(/^ids: 1 for 2 embeddings/));
  await t.throwsAsync(create(good, { ids: ['a', 'a'] }), inputError(/"a".*twice/));
  using index = await VectorIndex.create(good);
  await t.throwsAsync(
    index.search(matrix([[1, 2, 3]], 3), { k: 1 }),
    inputError(/^queries have 3 dimensions, documents have 2/),
  );
  await t.throwsAsync(
    index.search(matrix([[1, Number.NaN]], 2), { k: 1 }),
    inputError(/^queries: row 0, dimension 1 is NaN/),
  );
  for (const k of [0, -1, 1.5, Number.NaN]) {
    await t.throwsAsync(index.search(good, { k }), inputError(/^k must be a whole number/));
  }
});

test('embeddings whose buffer was transferred are refused', async (t) => {
  const embeddings = matrix(
    [
      [1, 2],
      [3, 4],
    ],
    2,
  );
  using index = await VectorIndex.create(embeddings);
  structuredClone(embeddings.data.buffer, { transfer: [embeddings.data.buffer] });
  await t.throwsAsync(index.search(matrix([[1, 2]], 2), { k: 1 }), { message: /detached/ });
});

test('embeddings in a buffer that could shrink are refused', async (t) => {
  const Resizable = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer;
  const data = new Float32Array(new Resizable(32, { maxByteLength: 64 }));
  const message = /^embeddings.data must be in a buffer of fixed size/;
  await t.throwsAsync(VectorIndex.create({ data, count: 2, dimension: 4 }), inputError(message));
});

test('an aborted search rejects with the reason of the signal', async (t) => {
  const dimension = 128;
  const embeddings = {
    data: new Float32Array(20_000 * dimension).map((_, i) => Math.sin(i)),
    count: 20_000,
    dimension,
  };
  using index = await VectorIndex.create(embeddings);
  const reason = new Error('enough');
  const controller = new AbortController();
  const search = index.search(embeddings, { k: 10, signal: controller.signal });
  setTimeout(() => controller.abort(reason), 5);
  await t.throwsAsync(search, { is: reason });
  await t.throwsAsync(index.search(embeddings, { k: 10, signal: AbortSignal.abort(reason) }), { is: reason });
});
