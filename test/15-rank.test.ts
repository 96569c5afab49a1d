import test from 'ava';
import fc from 'fast-check';
import { PythonRandom } from '#src/common/python-random.js';
import { fuse } from '#src/rank/fusion.js';
import { safeguardPositive } from '#src/rank/safeguard.js';
import { type TieRule, tieRanks } from '#src/rank/tie-order.js';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const id = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('d', '1', ':', '\u{ff5e}', '\u{1f600}'), maxLength: 6 }),
  fc.nat(200).map((number) => `doc${number}`),
);

test('tie ranks are the places in UTF-8 byte order, either way round', (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { maxLength: 60 }), (ids) => {
      const sorted = [...ids].sort(byBytes);
      t.deepEqual(
        [...tieRanks(ids, 'id-ascending')],
        ids.map((id) => sorted.indexOf(id)),
      );
      sorted.reverse();
      t.deepEqual(
        [...tieRanks(ids, 'id-descending')],
        ids.map((id) => sorted.indexOf(id)),
      );
    }),
  );
});

test('tie ranks put U+FF5E before an emoji, beside ids that need no care too', (t) => {
  t.deepEqual([...tieRanks(['\u{1f600}', 'b', '\u{ff5e}', 'a'], 'id-ascending')], [3, 1, 2, 0]);
  t.deepEqual([...tieRanks(['d10', 'd9', 'D9', 'd1'], 'id-ascending')], [2, 3, 0, 1]);
});

test('a repeated id is an error that names it', (t) => {
  for (const rule of ['id-ascending', 'id-descending'] satisfies TieRule[]) {
    t.throws(() => tieRanks(['b', 'a', 'c', 'a'], rule), {
      name: 'InputError',
      message: 'document id "a": occurs twice, as documents 1 and 3',
    });
    t.throws(() => tieRanks(['\u{1f600}', '\u{1f600}'], rule), { name: 'InputError', message: /\u{1f600}.*0 and 1/u });
  }
});

test('fusion gives the worked example with k = 60', (t) => {
  const { documentIds, scores } = fuse([['d3', 'd2', 'd1'], ['d1', 'd2'], ['d3']], { k: 60 });
  t.deepEqual(documentIds, ['d3', 'd1', 'd2']);
  t.deepEqual(scores, Float64Array.of(1 / 61 + 1 / 61, 1 / 63 + 1 / 61, 1 / 62 + 1 / 62));
});

test('fusion has k = 100, ties by best single rank, then by id', (t) => {
  t.deepEqual(
    fuse([
      ['a', 'b'],
      ['b', 'a'],
    ]),
    {
      documentIds: ['a', 'b'],
      scores: Float64Array.of(1 / 101 + 1 / 102, 1 / 102 + 1 / 101),
    },
  );
  const fill = (prefix: string, places: Record<number, string>) =>
    Array.from({ length: 8 }, (_, i) => places[i + 1] ?? `${prefix}${i}`);
  // With k = 20 ranks 1 and 8 tie with 4 and 4: 1/21 + 1/28 = 1/24 + 1/24, exactly so in float64.
  const tied = fuse([fill('x', { 1: 'z', 4: 'a' }), fill('y', { 8: 'z', 4: 'a' })], { k: 20 });
  const place = (id: string) => tied.documentIds.indexOf(id);
  t.is(tied.scores[place('z')], tied.scores[place('a')]);
  t.true(place('z') < place('a'), 'rank 1 in one list goes before rank 4');
  t.deepEqual(fuse([['\u{1f600}'], ['\u{ff5e}']]).documentIds, ['\u{ff5e}', '\u{1f600}']);
});

const list = fc.uniqueArray(id, { maxLength: 40 });

test('fusion is what a naive reading of the rule gives', (t) => {
  fc.assert(
    fc.property(fc.array(list, { maxLength: 4 }), fc.nat(120), fc.integer({ min: 1, max: 60 }), (lists, k, limit) => {
      const rows = [...new Set(lists.flat())].map((id) => {
        const ranks = lists.map((list) => list.indexOf(id) + 1).filter((rank) => rank > 0);
        return { id, score: ranks.reduce((sum, rank) => sum + 1 / (k + rank), 0), best: Math.min(...ranks) };
      });
      rows.sort((a, b) => b.score - a.score || a.best - b.best || byBytes(a.id, b.id));
      const all = fuse(lists, { k });
      t.deepEqual(
        all.documentIds,
        rows.map((row) => row.id),
      );
      t.deepEqual(
        [...all.scores],
        rows.map((row) => row.score),
      );
      const cut = fuse(lists, { k, limit });
      t.deepEqual(cut.documentIds, all.documentIds.slice(0, limit));
      t.deepEqual(cut.scores, all.scores.slice(0, limit));
    }),
  );
});

test('the order of two lists does not matter', (t) => {
  fc.assert(fc.property(list, list, (a, b) => t.deepEqual(fuse([a, b]), fuse([b, a]))));
});

test('fusion refuses a repeated id and options out of range', (t) => {
  t.throws(() => fuse([['a'], ['b', 'c', 'b']]), {
    name: 'InputError',
    message: 'document id "b": occurs twice in list 1 of the fusion',
  });
  for (const k of [-1, Number.NaN, Infinity])
    t.throws(() => fuse([], { k }), { name: 'InputError', message: /^k must/ });
  for (const limit of [0, 1.5]) t.throws(() => fuse([], { limit }), { name: 'InputError', message: /^limit must/ });
});

test('fusion names what is not a list of ids', (t) => {
  const refused = (lists: unknown, message: RegExp, options?: unknown) =>
    t.throws(() => fuse(lists as never, options as never), { name: 'InputError', message });
  refused(null, /^lists must be an array of arrays of document ids, got null$/);
  refused('ab', /^lists must be an array/);
  refused([['a'], null], /^list 1 of the fusion must be an array of document ids, got null$/);
  refused([['a', 7]], /^list 0 of the fusion: each document id must be a string, got 7$/);
  refused([['a']], /^options must be an object, got null$/, null);
});

test("draws are those of Python's random.Random with a string seed", (t) => {
  const range = (length: number) => Array.from({ length }, (_, i) => i);
  const golden: [seed: string, bits: number[], choices: number[]][] = [
    ['', [4124137760, 0, 76, 888572032], [0, 0, 1, 9, 7]],
    ['a', [1168357962, 1, 8, 2614490077], [0, 0, 2, 6, 993]],
    ['tenbin', [3522626219, 1, 7, 4004283116], [0, 1, 1, 6, 913]],
    ['é語\u{1f600}', [1500266565, 1, 95, 1467188683], [0, 0, 2, 4, 390]],
    ['\0zero first', [2473100635, 0, 31, 25340570], [0, 1, 2, 2, 691]],
    ['20260524\0toy\0q1\0positive_safeguard', [194441892, 0, 75, 416785927], [0, 1, 1, 9, 525]],
  ];
  for (const [seed, bits, choices] of golden) {
    const random = new PythonRandom(seed);
    t.deepEqual(
      [32, 1, 7, 32].map((count) => random.getrandbits(count)),
      bits,
      JSON.stringify(seed),
    );
    t.deepEqual(
      [1, 2, 3, 10, 1000].map((length) => random.choice(range(length))),
      choices,
      JSON.stringify(seed),
    );
  }
  t.is(new PythonRandom('x'.repeat(3000)).getrandbits(32), 2036772161, 'a key longer than the state');
  const refilled = new PythonRandom('refill');
  const words = Array.from({ length: 2000 }, () => refilled.getrandbits(32));
  t.deepEqual(words.slice(622, 626), [138172946, 2869295442, 4067589172, 4116639810]);
  t.is(words[1999], 2444871485);
});

test('a draw needs something to draw from', (t) => {
  const random = new PythonRandom('');
  t.throws(() => random.choice([]), { name: 'InputError' });
  for (const bits of [0, 33, 1.5])
    t.throws(() => random.getrandbits(bits), { name: 'InputError', message: /^bits must/ });
});

test("the safeguard positive is HAKARI's choice", (t) => {
  const golden: [split: string, queryId: string, positives: number, chosen: number][] = [
    ['spart_qa', 'spartqa-q-63', 3, 0],
    ['toy', 'q1', 5, 0],
    ['scidocs', 'abc', 5, 4],
    ['belebele', 'belebele__swe_Latn-swe_Latn::q::Q0', 7, 2],
    ['mlqa', '質問#1', 4, 2],
    ['temp_reason_l1', 'q 2', 1, 0],
  ];
  for (const [split, queryId, count, chosen] of golden) {
    const positives = Array.from({ length: count }, (_, i) => `d${i}`);
    const question = { split, queryId, kept: ['x', 'y'], positives: positives.toReversed() };
    t.is(safeguardPositive(question), `d${chosen}`, `${split} ${queryId}`);
  }
});

test('the safeguard stays away when a positive was kept or none exists', (t) => {
  const question = { split: 'toy', queryId: 'q1', kept: ['a', 'b'] };
  t.is(safeguardPositive({ ...question, positives: ['b', 'c'] }), undefined);
  t.is(safeguardPositive({ ...question, positives: [] }), undefined);
  fc.assert(
    fc.property(list, list, (kept, positives) => {
      const chosen = safeguardPositive({ split: 'toy', queryId: 'q1', kept, positives });
      const mayAppend = positives.length > 0 && !positives.some((id) => kept.includes(id));
      if (mayAppend) t.true(chosen !== undefined && positives.includes(chosen) && !kept.includes(chosen));
      else t.is(chosen, undefined);
      t.is(safeguardPositive({ split: 'toy', queryId: 'q1', kept, positives: positives.toReversed() }), chosen);
    }),
  );
});
