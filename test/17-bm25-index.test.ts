import test from 'ava';
import fc from 'fast-check';
import { compareIds } from '#src/common/id-order.js';
import { Bm25Index } from '#src/lexical/bm25-index.js';

const inputError = (message: RegExp) => ({ name: 'InputError', message });

/** The formula of docs/protocol.md, straight, with float32 where the index rounds. */
function naiveScores(documents: readonly string[][], query: readonly string[], k1: number, b: number): number[] {
  const n = documents.length;
  const average = documents.reduce((sum, document) => sum + document.length, 0) / n;
  return documents.map((document) => {
    let score = 0;
    for (const term of query) {
      const tf = document.filter((token) => token === term).length;
      if (tf === 0) continue;
      const df = documents.filter((other) => other.includes(term)).length;
      const idf = Math.fround(Math.log(Math.max(1, (n - df + 0.5) / (df + 0.5))));
      const part = tf / (k1 * (1 - b + b * (document.length / average)) + tf);
      score = Math.fround(score + Math.fround(idf * part));
    }
    return score;
  });
}

test('rankings are those of the formula, ties by id', async (t) => {
  const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const text = fc.array(word, { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 30 }),
      fc.array(text, { minLength: 30, maxLength: 30 }),
      fc.array(fc.array(fc.oneof(word, fc.constant('unknown')), { maxLength: 6 }), { maxLength: 4 }),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 35 }),
      fc.constantFrom('id-ascending' as const, 'id-descending' as const),
      async (ids, texts, queries, k1, b, k, tieRule) => {
        const documents = texts.slice(0, ids.length);
        const rows = ids.map((id, i) => ({ id, text: documents[i]!.join(' ') }));
        using index = await Bm25Index.build(rows, { analyzer: 'whitespace', k1, b, tieRule });
        const topK = await index.search(
          queries.map((query) => query.join(' ')),
          { k },
        );
        t.is(topK.k, Math.min(k, ids.length));
        queries.forEach((query, q) => {
          const scores = naiveScores(documents, query, k1, b);
          const sign = tieRule === 'id-ascending' ? 1 : -1;
          const order = [...ids.keys()].sort((x, y) => scores[y]! - scores[x]! || sign * compareIds(ids[x]!, ids[y]!));
          const row = topK.indices.subarray(q * topK.k, (q + 1) * topK.k);
          t.deepEqual([...row], order.slice(0, topK.k));
          t.deepEqual(
            [...topK.scores.subarray(q * topK.k, (q + 1) * topK.k)],
            order.slice(0, topK.k).map((d) => scores[d]!),
          );
          t.is(topK.counts[q], topK.k);
        });
      },
    ),
    { numRuns: 150 },
  );
});

test('documents may stream in, and batches together are the whole search', async (t) => {
  async function* stream() {
    for (let i = 0; i < 500; i++) yield `common word${i % 7} other${i % 11}`;
  }
  using index = await Bm25Index.build(stream(), { analyzer: 'regex' });
  t.like(index, { size: 500, tokenCount: 1500, vocabularySize: 19, averageDocumentLength: 3, ids: undefined });
  const queries = Array.from({ length: 25 }, (_, i) => `word${i % 7} other${i % 5}`);
  const whole = await index.search(queries, { k: 9 });
  const starts: number[] = [];
  for await (const { start, topK } of index.searchBatches(queries, { k: 9, batchSize: 10 })) {
    starts.push(start);
    t.deepEqual(topK.indices, whole.indices.slice(start * 9, start * 9 + topK.indices.length));
    t.deepEqual(topK.scores, whole.scores.slice(start * 9, start * 9 + topK.scores.length));
  }
  t.deepEqual(starts, [0, 10, 20]);
});

test('queries that can match nothing are counted', async (t) => {
  using index = await Bm25Index.build(['red fish', 'blue fish'], { analyzer: 'regex' });
  const queries = index.analyze(['', 'tree', 'red tree', '?!']);
  t.like(queries, { withoutTokens: 2, withoutKnownTokens: 3 });
  const topK = await index.searchAnalyzed(queries, { k: 5 });
  t.deepEqual([...topK.counts], [2, 2, 2, 2]);
  t.deepEqual([...topK.scores.slice(0, 2)], [0, 0]);
  const third = await index.searchAnalyzed(queries, { k: 5, start: 2, end: 3 });
  t.deepEqual(third.scores, topK.scores.slice(4, 6));
  await t.throwsAsync(index.searchAnalyzed(queries, { k: 5, end: 5 }), inputError(/^end must be/));
});

test('an empty corpus gives empty rankings', async (t) => {
  using index = await Bm25Index.build([]);
  t.like(index, { size: 0, averageDocumentLength: 0 });
  const topK = await index.search(['anything'], { k: 10 });
  t.deepEqual([topK.k, topK.indices.length, topK.counts[0]], [0, 0, 0]);
});

test('what is wrong is named', async (t) => {
  await t.throwsAsync(Bm25Index.build(['a'], { analyzer: 'klingon' }), inputError(/klingon.*english_porter_stop/));
  await t.throwsAsync(Bm25Index.build(['a'], { k1: 0 }), inputError(/^k1 must be/));
  await t.throwsAsync(Bm25Index.build(['a'], { b: 1.5 }), inputError(/^b must be/));
  await t.throwsAsync(
    Bm25Index.build(['a'], { method: 'bm26' as never }),
    inputError(/^method must be one of robertson/),
  );
  await t.throwsAsync(Bm25Index.build(['a', 5 as never]), inputError(/^document 1 must be a string/));
  await t.throwsAsync(Bm25Index.build(['a', { id: 'x', text: 'b' }]), inputError(/^document 1: only some have an id/));
  await t.throwsAsync(Bm25Index.build('cat'), inputError(/^documents must be a list/));
  await t.throwsAsync(
    Bm25Index.build([{ id: 'x', text: 'a' }], { tieRule: 'hakari' as never }),
    inputError(/^tieRule/),
  );
  const twice = [
    { id: 'x', text: 'a' },
    { id: 'x', text: 'b' },
  ];
  await t.throwsAsync(Bm25Index.build(twice), inputError(/"x".*twice/));
  const index = await Bm25Index.build(['a']);
  for (const k of [0, -1, 1.5, Number.NaN, 2 ** 32]) {
    await t.throwsAsync(index.search(['a'], { k }), inputError(/^k must be a whole number/));
  }
  await t.throwsAsync(index.search('cat' as never, { k: 1 }), inputError(/^queries must be an array/));
  await t.throwsAsync(index.search([null] as never, { k: 1 }), inputError(/^query 0 must be a string/));
  const other = await Bm25Index.build(['a']);
  await t.throwsAsync(index.searchAnalyzed(other.analyze(['a']), { k: 1 }), inputError(/another index/));
  index[Symbol.dispose]();
  await t.throwsAsync(index.search(['a'], { k: 1 }), { message: /disposed/ });
});

test('a build lets timers run, and hears an abort, while it analyzes', async (t) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 30);
  let documents = 0;
  function* endless() {
    for (; documents < 5_000_000; documents++) yield `some words of document ${documents}`;
  }
  await t.throwsAsync(Bm25Index.build(endless(), { analyzer: 'regex', signal: controller.signal }), { is: reason });
  t.true(documents < 5_000_000);
});

test('an aborted build or search rejects with the reason of the signal', async (t) => {
  const reason = new Error('enough');
  await t.throwsAsync(Bm25Index.build(['a'], { signal: AbortSignal.abort(reason) }), { is: reason });
  using index = await Bm25Index.build(
    Array.from({ length: 20_000 }, (_, i) => `word${i % 3} x`),
    { analyzer: 'regex' },
  );
  const controller = new AbortController();
  const search = index.search(Array(50_000).fill('word1 word2'), { k: 100, signal: controller.signal });
  setTimeout(() => controller.abort(reason), 5);
  await t.throwsAsync(search, { is: reason });
});
