import test from 'ava';
import fc from 'fast-check';
import { VectorIndex } from '#src/vector/vector-index.js';
import type { VectorMetric, VectorPrecision } from '#src/vector/vector-options.js';
import { definedDot, randomOf } from './support/vectors.js';

/*
 * The rules of docs/protocol.md, restated for plain arrays: float32 after each operation, no vectors, no threads.
 */

type Row = readonly number[];
const { fround, trunc, min, max, sqrt } = Math;

function normalized(row: Row): Row {
  const norm = fround(sqrt(definedDot(row, row))) || 1;
  return row.map((value) => fround(value / norm));
}

/** To IEEE half precision, ties to even, for finite values in its range. */
function half(value: number): number {
  const size = Math.abs(value);
  const step = 2 ** (max(Math.floor(Math.log2(size || 1)), -14) - 10);
  const quotient = size / step;
  const below = Math.floor(quotient);
  const rest = quotient - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return Math.sign(value) * (below + Number(up)) * step;
}

function int8Codes(documents: readonly Row[], rows: readonly Row[]): Row[] {
  const dimension = documents[0]!.length;
  const ranges = Array.from({ length: dimension }, (_, i) => {
    const column = documents.map((row) => row[i]!);
    const least = min(...column);
    return { least, step: fround(fround(max(...column) - least) / 255) || 1 };
  });
  return rows.map((row) =>
    row.map((value, i) => {
      const { least, step } = ranges[i]!;
      const code = fround(fround(fround(value - least) / step) - 128);
      return trunc(max(-128, min(127, code))) + 0;
    }),
  );
}

function scores(precision: VectorPrecision, metric: VectorMetric, documents: readonly Row[], query: Row): number[] {
  if (precision === 'float16') {
    const kept = (row: Row) => (metric === 'cosine' ? normalized(row) : row).map(half);
    return documents.map((row) => fround(definedDot(kept(query), kept(row))) + 0);
  }
  const [unitQuery, ...units] = [query, ...documents].map(normalized);
  if (precision === 'binary') {
    return units.map((row) => -row.filter((value, i) => value > 0 !== unitQuery![i]! > 0).length + 0);
  }
  const [queryCodes, ...codes] = int8Codes(units, [unitQuery!, ...units]);
  return codes.map((row) => fround(row.reduce((sum, code, i) => sum + code * queryCodes![i]!, 0)) + 0);
}

for (const precision of ['float16', 'int8', 'binary'] as const) {
  test(`${precision}: rankings and scores are those of the rules`, async (t) => {
    const component = fc.oneof(
      fc.float({ min: -1000, max: 1000, noNaN: true }),
      fc.constantFrom(0, -0, 1, -1, 0.5, 1e-6),
    );
    const cases = fc
      .record({
        dimension: fc.integer({ min: 1, max: 140 }),
        count: fc.integer({ min: 1, max: 40 }),
        k: fc.integer({ min: 1, max: 45 }),
        metric: fc.constantFrom<VectorMetric>('cosine', 'dot'),
      })
      .chain((shape) => {
        const row = fc.array(component, { minLength: shape.dimension, maxLength: shape.dimension });
        const documents = fc.array(row, { minLength: shape.count, maxLength: shape.count });
        return fc.record({ shape: fc.constant(shape), documents, query: row });
      });
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape: { dimension, count, k, metric }, documents, query }) => {
        const data = Float32Array.from(documents.flat());
        using index = await VectorIndex.create({ data, count, dimension }, { precision, metric });
        const found = await index.search({ data: Float32Array.from(query), count: 1, dimension }, { k });
        const float32 = (row: Row) => row.map(fround);
        const expected = scores(precision, metric, documents.map(float32), float32(query));
        const order = [...expected.keys()].sort((a, b) => expected[b]! - expected[a]! || a - b).slice(0, k);
        t.deepEqual([...found.indices], order);
        t.deepEqual(
          [...found.scores],
          order.map((document) => expected[document]!),
        );
      }),
      { numRuns: 100 },
    );
  });

  test(`${precision}: large corpora, many queries and long rows are searched alike`, async (t) => {
    // Against the index itself, a query and a stretch of documents at a time.
    const count = 5003;
    const dimension = 771;
    const random = randomOf(3);
    const data = Float32Array.from({ length: count * dimension }, () => random() - 0.5);
    const queries = { data: Float32Array.from({ length: 70 * dimension }, () => random() - 0.5), count: 70, dimension };
    using index = await VectorIndex.create({ data, count, dimension }, { precision });
    const whole = await index.search(queries, { k: 9 });
    for await (const { start, topK } of index.searchBatches(queries, { k: 9, batchSize: 33 })) {
      t.deepEqual(topK.indices, whole.indices.slice(start * 9, (start + topK.counts.length) * 9));
      t.deepEqual(topK.scores, whole.scores.slice(start * 9, (start + topK.counts.length) * 9));
    }
  });
}

test('what does not fit a precision is named', async (t) => {
  const rows = (...data: number[]) => ({ data: Float32Array.from(data), count: data.length / 2, dimension: 2 });
  const refused = (message: RegExp) => ({ name: 'InputError', message });
  await t.throwsAsync(
    VectorIndex.create(rows(1, 2, 3, 70_000), { precision: 'float16', metric: 'dot' }),
    refused(/row 1, dimension 1/),
  );
  await t.throwsAsync(
    VectorIndex.create(rows(1, Number.NaN), { precision: 'int8' }),
    refused(/^embeddings: row 0, dimension 1 is NaN/),
  );
  using index = await VectorIndex.create(rows(1, 2), { precision: 'binary' });
  await t.throwsAsync(index.search(rows(Infinity, 0), { k: 1 }), refused(/^queries: row 0, dimension 0 is infinite/));
});
