import { readFile, writeFile } from 'node:fs/promises';
import test from 'ava';
import fc from 'fast-check';
import { composeAnalyzer } from '#src/analysis/analyzer.js';
import { openAnalyzer } from '#src/analysis/open-analyzer.js';
import { compareIds } from '#src/common/id-order.js';
import { Bm25Index } from '#src/lexical/bm25-index.js';
import { BM25_METHODS } from '#src/lexical/bm25-options.js';
import { scratch } from './support/collections.js';
import { naiveScores } from './support/naive-bm25.js';

const inputError = (message: RegExp) => ({ name: 'InputError', message });

test('rankings are those of the formula, ties by id', async (t) => {
  const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const text = fc.array(word, { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 30 }),
      fc.array(text, { minLength: 30, maxLength: 30 }),
      fc.array(fc.array(fc.oneof(word, fc.constant('unknown')), { maxLength: 6 }), { maxLength: 4 }),
      fc.record({
        method: fc.constantFrom(...BM25_METHODS),
        k1: fc.double({ min: 0.1, max: 3, noNaN: true }),
        b: fc.double({ min: 0, max: 1, noNaN: true }),
        delta: fc.double({ min: 0, max: 2, noNaN: true }),
        quantizeLengths: fc.boolean(),
      }),
      fc.integer({ min: 1, max: 35 }),
      fc.constantFrom('id-ascending' as const, 'id-descending' as const),
      async (ids, texts, queries, weighing, k, tieRule) => {
        const documents = texts.slice(0, ids.length);
        const rows = ids.map((id, i) => ({ id, text: documents[i]!.join(' ') }));
        using index = await Bm25Index.build(rows, { analyzer: 'whitespace', ...weighing, tieRule });
        const topK = await index.search(
          queries.map((query) => query.join(' ')),
          { k },
        );
        t.is(topK.k, Math.min(k, ids.length));
        queries.forEach((query, q) => {
          const scores = naiveScores(documents, query, weighing);
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
    { numRuns: 300 },
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
  const queries = await index.analyze(['', 'tree', 'red tree', '?!']);
  t.like(queries, { count: 4, withoutTokens: 2, withoutKnownTokens: 3 });
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
    inputError(/^method must be one of robertson, lucene, atire, bm25l, bm25\+, got/),
  );
  await t.throwsAsync(Bm25Index.build(['a'], { delta: -1 }), inputError(/^delta must be/));
  await t.throwsAsync(Bm25Index.build(['a'], { k1: 1e7 }), inputError(/^k1 must be/));
  await t.throwsAsync(Bm25Index.build(['a'], { quantizeLengths: 1 as never }), inputError(/^quantizeLengths must be/));
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
  await t.throwsAsync(index.search(['a'], undefined as never), inputError(/^options must be an object/));
  await t.throwsAsync(index.search(['a'], { k: 1, signal: {} as never }), inputError(/^signal must be an AbortSignal/));
  await t.throwsAsync(Bm25Index.build(['a'], null as never), inputError(/^options must be an object/));
  await t.throwsAsync(Bm25Index.load('x', { analyzer: 'regex' as never }), inputError(/^analyzer must be/));
  t.throws(() => index.searchBatches(null as never, { k: 1 }), inputError(/^queries must be an array/));
  t.throws(
    () => index.searchBatches(['a'], { k: 1, candidates: [[0], [0]] }),
    inputError(/^candidates must be an array of 1 lists/),
  );
  const other = await Bm25Index.build(['a']);
  await t.throwsAsync(index.searchAnalyzed(await other.analyze(['a']), { k: 1 }), inputError(/another index/));
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
  const texts = Array.from({ length: 20_000 }, (_, i) => `word${i % 3} x`);
  await t.throwsAsync(Bm25Index.build(['a'], { signal: AbortSignal.abort(reason) }), { is: reason });
  using index = await Bm25Index.build(texts, { analyzer: 'regex' });
  const queries = await index.analyze(Array(50_000).fill('word1 word2'));
  const controller = new AbortController();
  const search = index.searchAnalyzed(queries, { k: 100, signal: controller.signal });
  setTimeout(() => controller.abort(reason), 5);
  await t.throwsAsync(search, { is: reason });
});

test('an abort is heard while queries are analyzed, terms are filtered, and a stream keeps us waiting', async (t) => {
  const reason = new Error('enough');
  const soon = () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 30);
    return controller.signal;
  };
  let calls = 0;
  const slow = {
    name: 'slow',
    tokenize: (text: string) => {
      calls++;
      const until = performance.now() + 1;
      while (performance.now() < until);
      return [text];
    },
  };
  using index = await Bm25Index.build(['a'], { analyzer: slow });
  await t.throwsAsync(index.search(Array(5_000).fill('a'), { k: 1, signal: soon() }), { is: reason });
  t.true(calls < 5_000);

  calls = 0;
  const filtered = composeAnalyzer({
    name: 'filtered',
    rule: 'words',
    filter: (token) => slow.tokenize(token)[0],
    engines: {},
  });
  const words = Array.from({ length: 5_000 }, (_, i) => `w${i}`).join(' ');
  await t.throwsAsync(Bm25Index.build([words], { analyzer: filtered, signal: soon() }), { is: reason });
  t.true(calls < 5_000);

  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  async function* stalled() {
    try {
      yield 'a';
      await released; // which comes only after the abort was heard
      yield 'b';
    } finally {
      end();
    }
  }
  await t.throwsAsync(Bm25Index.build(stalled(), { analyzer: 'regex', signal: soon() }), { is: reason });
  release();
  await ended;
});

test("an analyzer of one's own must give strings, and a copy of one of ours is one's own", async (t) => {
  const build = (tokenize: (text: string) => unknown) =>
    Bm25Index.build(['red fish'], { analyzer: { name: 'mine', tokenize } as never });
  const expected = inputError(/^what the analyzer mine returns must be an array of strings/);
  await t.throwsAsync(
    build(() => undefined),
    expected,
  );
  await t.throwsAsync(
    build(() => [1, 2]),
    expected,
  );
  await t.throwsAsync(
    build(() => 'abc'),
    expected,
  );
  for (const analyzer of [{}, 5, { name: 'x' }]) {
    await t.throwsAsync(
      Bm25Index.build(['a'], { analyzer: analyzer as never }),
      inputError(/^analyzer must be a name/),
    );
  }
  const letters = { ...(await openAnalyzer('regex')), tokenize: (text: string) => [...text] };
  using index = await Bm25Index.build(['abc'], { analyzer: letters });
  t.is(index.vocabularySize, 3);
});

test('text may come as UTF-8, and a document may be larger than a batch', async (t) => {
  const long = 'größe '.repeat(1_500_000);
  const encode = (text: string) => new TextEncoder().encode(text);
  using strings = await Bm25Index.build(['Größe Straße', long, 'x'], { analyzer: 'regex' });
  using bytes = await Bm25Index.build([encode('Größe Straße'), encode(long), encode('x')], { analyzer: 'regex' });
  for (const index of [strings, bytes])
    t.like(index, { size: 3, tokenCount: 1_500_003, vocabularySize: 3, postings: 4 });
  const search = (index: Bm25Index) => index.search(['größe straße', 'x'], { k: 3 });
  t.deepEqual(await search(bytes), await search(strings));
});

test("an analyzer of one's own cuts documents and queries", async (t) => {
  const letters = { name: 'letters', tokenize: (text: string) => [...text] };
  using index = await Bm25Index.build(['abc', 'cd\u{1f600}', ''], { analyzer: letters });
  t.like(index, { tokenCount: 6, vocabularySize: 5 });
  const topK = await index.search(['\u{1f600}', 'ab'], { k: 1 });
  t.deepEqual([...topK.indices], [1, 0]);
});

test('a filter in JavaScript runs once for each distinct token', async (t) => {
  using index = await Bm25Index.build(
    Array.from({ length: 500 }, () => 'Häuser Haus hauses'),
    { analyzer: 'stemmer:de' },
  );
  t.like(index, { tokenCount: 1500, vocabularySize: 1, postings: 500 });
});

test('a search can be kept to some documents', async (t) => {
  using index = await Bm25Index.build(['red fish', 'blue fish', 'red tree', 'sky'], {
    analyzer: 'regex',
    method: 'lucene',
  });
  const all = await index.search(['red fish'], { k: 4 });
  t.deepEqual([...all.indices], [0, 1, 2, 3]);
  const filtered = await index.search(['red fish'], { k: 4, filter: Uint8Array.of(0b1110) });
  t.deepEqual([...filtered.counts], [3]);
  t.deepEqual([...filtered.indices.subarray(0, 3)], [1, 2, 3]);
  t.deepEqual(filtered.scores.subarray(0, 3), all.scores.subarray(1, 4));
  const candidates = [[3, 2], Uint32Array.of(1), []];
  const reranked = await index.search(['red fish', 'red', 'red'], { k: 4, candidates });
  t.deepEqual([...reranked.counts], [2, 1, 0]);
  t.deepEqual([...reranked.indices.subarray(0, 2), reranked.indices[4]], [2, 3, 1]);
  const batches = [];
  for await (const block of index.searchBatches(['red fish', 'red', 'red'], { k: 4, candidates, batchSize: 2 })) {
    batches.push(...block.topK.counts);
  }
  t.deepEqual(batches, [2, 1, 0]);
  const search = (options: object) => index.search(['red'], { k: 1, ...options });
  await t.throwsAsync(search({ filter: new Uint8Array(2) }), inputError(/^filter must be a Uint8Array of 1 bytes/));
  await t.throwsAsync(search({ filter: Uint8Array.of(1), candidates: [[0]] }), inputError(/only one of the two/));
  await t.throwsAsync(search({ candidates: [] }), inputError(/^candidates must be an array of 1 lists/));
  await t.throwsAsync(search({ candidates: [[0.5]] }), inputError(/^candidates 0: position 0 must be a whole number/));
  await t.throwsAsync(search({ candidates: [[4]] }), inputError(/^candidates: id 4 at position 0 is not below 4/));
  await t.throwsAsync(
    search({ candidates: [[1, 1]] }),
    inputError(/^candidates: document 1 is given twice for query 0/),
  );
});

test('an explanation gives the parts of a score', async (t) => {
  const documents = [
    { id: 'x', text: 'red fish red' },
    { id: 'y', text: 'blue fish' },
    { id: 'z', text: 'sky' },
  ];
  using index = await Bm25Index.build(documents, { analyzer: 'regex', method: 'lucene', k1: 1.2 });
  const explanation = index.explain('red red unknown fish sky', 'x');
  const topK = await index.search(['red red unknown fish sky'], { k: 1 });
  t.like(explanation, { score: topK.scores[0], documentLength: 3, weighedLength: 3, averageDocumentLength: 2 });
  t.deepEqual(
    explanation.terms.map(({ token, documentFrequency, frequency }) => [token, documentFrequency, frequency]),
    [
      ['red', 1, 2],
      ['red', 1, 2],
      ['unknown', 0, 0],
      ['fish', 2, 1],
      ['sky', 1, 0],
    ],
  );
  const [red] = explanation.terms;
  t.is(red?.idf, Math.fround(Math.log(1 + 2.5 / 1.5)));
  t.is(red?.tfPart, 2 / (1.2 * (1 - 0.75 + 0.75 * 1.5) + 2));
  t.is(red?.contribution, Math.fround((red?.idf ?? 0) * (red?.tfPart ?? 0)));
  t.deepEqual(index.explain('red red unknown fish sky', 0), explanation);
  t.throws(() => index.explain('red', 'w'), inputError(/^document "w": is not in the index/));
  t.throws(() => index.explain('red', 3), inputError(/^document must be a whole number between 0 and 2/));
});

test('a saved index answers as it did', async (t) => {
  const folder = await scratch();
  const path = `${folder}/index`;
  const documents = Array.from({ length: 300 }, (_, i) => ({
    id: `ä${i}`,
    text: `Wort${i % 7} Häuser${i % 11} ${'x '.repeat(i)}`,
  }));
  using index = await Bm25Index.build(documents, {
    analyzer: 'stemmer:de',
    method: 'bm25l',
    k1: 0.9,
    b: 0.4,
    delta: 0.7,
    quantizeLengths: true,
  });
  await index.save(path);
  using loaded = await Bm25Index.load(path);
  const { size, tokenCount, vocabularySize, postings, method, k1, b, delta, quantizeLengths, ids } = index;
  t.like(loaded, { size, tokenCount, vocabularySize, postings, method, k1, b, delta, quantizeLengths, ids });
  t.is(loaded.analyzer.name, 'stemmer:german');
  const queries = ['wort3 häuser', 'x', 'nirgends'];
  t.deepEqual(await loaded.search(queries, { k: 50 }), await index.search(queries, { k: 50 }));
  t.deepEqual(loaded.explain('wort3 x', 'ä10'), index.explain('wort3 x', 'ä10'));
  await loaded.save(`${path}2`);
  t.deepEqual(await readFile(`${path}2`), await readFile(path));

  const content = await readFile(path);
  await writeFile(path, content.subarray(0, content.length - 1));
  await t.throwsAsync(Bm25Index.load(path), inputError(/index: .*truncated/));
  content[content.length >> 1]! ^= 1;
  await writeFile(path, content);
  await t.throwsAsync(Bm25Index.load(path), inputError(/index: .*damaged/));
  await writeFile(path, '{"_id": "1"}');
  await t.throwsAsync(Bm25Index.load(path), inputError(/index: .*not a Tenbin BM25 index/));
  await t.throwsAsync(Bm25Index.load(`${folder}/none`), inputError(/none: /));
  await t.throwsAsync(index.save(`${folder}/no/folder`), inputError(/no\/folder: /));
});

test("an index over an analyzer of one's own is loaded with it", async (t) => {
  const path = `${await scratch()}/index`;
  const letters = { name: 'letters', tokenize: (text: string) => [...text] };
  using index = await Bm25Index.build(['abc', 'cd'], { analyzer: letters });
  await index.save(path);
  await t.throwsAsync(Bm25Index.load(path), inputError(/built with an analyzer of your own, letters/));
  using loaded = await Bm25Index.load(path, { analyzer: letters });
  t.is(loaded.ids, undefined);
  t.deepEqual(await loaded.search(['d'], { k: 2 }), await index.search(['d'], { k: 2 }));
});
