import test from 'ava';
import fc from 'fast-check';
import { compareIds } from '#src/common/id-order.js';
import { MetricAggregator, type MetricSummary } from '#src/metrics/aggregator.js';
import { toFixedHalfEven } from '#src/metrics/format.js';
import type { Protocol } from '#src/metrics/protocol.js';
import { inTrecOrder, parseMeasures, splitMeasureList } from '#src/metrics/registry.js';
import { scoreRun } from '#src/metrics/score-run.js';
import type { Qrels } from '#src/rank/qrels.js';
import type { Ranking } from '#src/rank/ranking.js';

const atCutoffs = (k: number) =>
  ['ndcg', 'ndcg_exp', 'hit', 'precision', 'recall', 'mrr', 'map'].map((family) => `${family}@${k}`);

function qrelsOf(table: Record<string, Record<string, number>>): Qrels {
  return new Map(Object.entries(table).map(([queryId, grades]) => [queryId, new Map(Object.entries(grades))]));
}

/** A ranking in the order given; scores fall. */
function ranked(queryId: string, ...documentIds: string[]): Ranking {
  return { queryId, documentIds, scores: Float64Array.from(documentIds, (_, i) => documentIds.length - i) };
}

function scored(queryId: string, scores: Record<string, number>): Ranking {
  return { queryId, documentIds: Object.keys(scores), scores: Float64Array.from(Object.values(scores)) };
}

function summarise(protocol: Protocol, qrels: Qrels, measures: readonly string[], rankings: readonly Ranking[]) {
  const aggregator = new MetricAggregator({ qrels, measures, protocol });
  for (const ranking of rankings) aggregator.push(ranking);
  return aggregator.summary();
}

/** One query's values. */
function valuesOf(summary: MetricSummary, queryId: string): Record<string, number> {
  return summary.perQuery().find((query) => query.queryId === queryId)!.metrics;
}

test('the worked example of graded nDCG: linear gain, log2 discount, negative grades gain nothing', (t) => {
  const qrels = qrelsOf({ q0: { D0: 1, D1: -1, D2: 0, D3: 2, D4: 0 }, q1: { D0: 1, D3: 2, D4: -1, D5: 0 } });
  const rankings = [
    scored('q0', { D0: 0.8, D2: 0.7, D1: 0.3, D3: 0.4, D4: 0.1 }),
    scored('q1', { D1: 0.8, D4: 0.7, D3: 0.3, D2: 0.4 }),
  ];
  const { summary } = scoreRun({ qrels, rankings, measures: ['ndcg', 'ndcg@10', 'ndcg_cut_10'] });
  for (const name of ['ndcg', 'ndcg@10', 'ndcg_cut_10']) {
    t.true(Math.abs(valuesOf(summary, 'q0')[name]! - 0.76018) < 1e-5);
    t.true(Math.abs(valuesOf(summary, 'q1')[name]! - 0.32739) < 1e-5);
    t.true(Math.abs(summary.metrics[name]! - (0.76018 + 0.32739) / 2) < 1e-5);
  }
});

test('hakari: binary grades, the order given, relevant documents that cannot be found stay in the divisors', (t) => {
  const qrels = qrelsOf({ q: { a: 3, b: 1, gone: 1, no: 0, never: -1 } });
  const metrics = summarise(
    'hakari',
    qrels,
    [...atCutoffs(3), 'map', 'recall@3_micro'],
    [ranked('q', 'no', 'a', 'x', 'b')],
  ).metrics;
  const ideal = 1 + 1 / Math.log2(3) + 1 / 2;
  t.deepEqual(metrics, {
    'ndcg@3': 1 / Math.log2(3) / ideal,
    'ndcg_exp@3': 1 / Math.log2(3) / ideal,
    'hit@3': 1,
    'precision@3': 1 / 3,
    'recall@3': 1 / 3,
    'mrr@3': 1 / 2,
    'map@3': 1 / 2 / 3,
    map: (1 / 2 + 2 / 4) / 3,
    'recall@3_micro': 1 / 3,
  });
});

test('hakari: a query without judgements scores 0 and stays in the mean; trec leaves it out', (t) => {
  const qrels = qrelsOf({ q1: { a: 1 }, q2: { a: 1 }, unasked: { a: 1 } });
  const rankings = [ranked('q1', 'a'), ranked('q2'), ranked('unjudged', 'a')];
  const hakari = summarise('hakari', qrels, ['hit@1', 'recall@1_micro'], rankings);
  t.deepEqual(hakari.metrics, { 'hit@1': 1 / 3, 'recall@1_micro': 1 / 2 });
  t.like(hakari, { protocol: 'hakari', queries: 3, queriesWithoutJudgements: 1, rankingsWithoutDocuments: 1 });

  const trec = summarise('trec', qrels, ['hit@1', 'num_q'], rankings);
  t.deepEqual(trec.metrics, { 'hit@1': 1 / 2, num_q: 2 });
  t.like(trec, { queries: 2, queriesWithoutJudgements: 1, rankingsWithoutDocuments: 1 });

  const complete = scoreRun({ qrels, rankings, measures: ['hit@1', 'num_q', 'num_rel'], complete: true });
  t.deepEqual(complete.summary.metrics, { 'hit@1': 1 / 3, num_q: 3, num_rel: 3 });
});

test('recall per query and micro differ where queries have different numbers of relevant documents', (t) => {
  const qrels = qrelsOf({ one: { a: 1 }, many: { a: 1, b: 1, c: 1 } });
  const summary = summarise(
    'hakari',
    qrels,
    ['recall@2', 'recall@2_micro'],
    [ranked('one', 'a'), ranked('many', 'x', 'a', 'b', 'c')],
  );
  t.deepEqual(summary.metrics, { 'recall@2': (1 + 1 / 3) / 2, 'recall@2_micro': 2 / 4 });
  t.deepEqual(valuesOf(summary, 'many'), { 'recall@2': 1 / 3, 'recall@2_micro': 1 / 3 });
});

test('the relevance level moves the binary measures and leaves the gains alone', (t) => {
  const qrels = qrelsOf({ q: { a: 1, b: 2, c: 3 } });
  const at = (relevanceLevel: number) =>
    scoreRun({ qrels, rankings: [ranked('q', 'a', 'b')], measures: ['recall@2', 'mrr@2', 'ndcg@2'], relevanceLevel })
      .summary.metrics;
  t.like(at(1), { 'recall@2': 2 / 3, 'mrr@2': 1 });
  t.like(at(2), { 'recall@2': 1 / 2, 'mrr@2': 1 / 2 });
  t.like(at(3), { 'recall@2': 0, 'mrr@2': 0 });
  t.is(at(3)['ndcg@2'], at(1)['ndcg@2']);
});

test('trec orders by score, then document id descending as UTF-8 bytes, in float64', (t) => {
  const tied = scored('q', { '\u{ff5e}': 1, b: 1, '\u{1f600}': 1, B: 2, a: 1 });
  const orderOf = (ranking: Ranking) => {
    const ids = [...ranking.documentIds];
    const rankOf = (id: string) =>
      1 / summarise('trec', qrelsOf({ q: { [id]: 1 } }), ['mrr@10'], [ranking]).metrics['mrr@10']!;
    return ids.sort((a, b) => rankOf(a) - rankOf(b));
  };
  t.deepEqual(orderOf(tied), ['B', '\u{1f600}', '\u{ff5e}', 'b', 'a']);
  t.deepEqual(orderOf(scored('q', { b: 0.5, a: 0.5 + 1e-12 })), ['a', 'b'], 'float32 would tie them');
  t.deepEqual(orderOf(scored('q', { b: -Infinity, c: -Infinity, a: Infinity })), ['a', 'c', 'b']);
});

const grade = fc.integer({ min: -1, max: 4 });
const documentId = fc.constantFrom(...'abcdefghijkl');
const collection = fc.record({
  qrels: fc.dictionary(fc.constantFrom('q1', 'q2', 'q3', '\u{1f600}', '\u{ff5e}'), fc.dictionary(documentId, grade)),
  rankings: fc.uniqueArray(
    fc.record({
      queryId: fc.constantFrom('q1', 'q2', 'q3', 'q4', '\u{1f600}', '\u{ff5e}'),
      documents: fc.uniqueArray(fc.tuple(documentId, fc.integer({ min: 0, max: 3 })), { selector: ([id]) => id }),
    }),
    { selector: ({ queryId }) => queryId },
  ),
  k: fc.integer({ min: 1, max: 12 }),
});

/** Every measure straight from its definition. `grades` in rank order, `judged` all grades of the query. */
function oracle(grades: number[], judged: number[], k: number): Record<string, number> {
  const relevant = judged.filter((g) => g > 0).length;
  const found = (end: number) => grades.slice(0, end).filter((g) => g > 0).length;
  const dcg = (list: number[], gain: (g: number) => number, end: number) =>
    list.slice(0, end).reduce((sum, g, i) => sum + (g > 0 ? gain(g) / Math.log2(i + 2) : 0), 0);
  const ndcg = (gain: (g: number) => number, end: number) =>
    relevant > 0
      ? dcg(grades, gain, end) /
        dcg(
          judged.toSorted((a, b) => b - a),
          gain,
          end,
        )
      : 0;
  const ap = (end: number) => grades.slice(0, end).reduce((sum, g, i) => sum + (g > 0 ? found(i + 1) / (i + 1) : 0), 0);
  const over = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  const first = grades.findIndex((g) => g > 0);
  const iprec = (needed: number) =>
    Math.max(0, ...grades.map((_, i) => (found(i + 1) >= needed ? found(i + 1) / (i + 1) : 0)));
  return {
    [`ndcg@${k}`]: ndcg((g) => g, k),
    [`ndcg_exp@${k}`]: ndcg((g) => 2 ** g - 1, k),
    [`hit@${k}`]: first >= 0 && first < k ? 1 : 0,
    [`precision@${k}`]: found(k) / k,
    [`recall@${k}`]: over(found(k), relevant),
    [`mrr@${k}`]: first >= 0 && first < k ? 1 / (first + 1) : 0,
    [`map@${k}`]: over(ap(k), Math.min(relevant, k)),
    [`map_cut_${k}`]: over(ap(k), relevant),
    [`P_${k}`]: found(k) / k,
    [`relative_P_${k}`]: over(found(k), Math.min(k, relevant)),
    map: over(ap(99), relevant),
    ndcg: ndcg((g) => g, 99),
    Rprec: over(found(relevant), relevant),
    recip_rank: first >= 0 ? 1 / (first + 1) : 0,
    'iprec_at_recall_0.50': iprec(Math.round(0.5 * relevant)),
    set_P: over(found(99), grades.length),
    set_recall: over(found(99), relevant),
    num_rel_ret: found(99),
  };
}

test('every measure equals its definition written out, for both protocols', (t) => {
  fc.assert(
    fc.property(collection, fc.constantFrom<Protocol>('hakari', 'trec'), ({ qrels, rankings, k }, protocol) => {
      const binary = (g: number) => (protocol === 'hakari' ? Number(g > 0) : g);
      const names = Object.keys(oracle([], [], k));
      const aggregator = new MetricAggregator({ qrels: qrelsOf(qrels), measures: names, protocol });
      const expected = new Map<string, Record<string, number>>();
      for (const { queryId, documents } of rankings) {
        aggregator.push(scored(queryId, Object.fromEntries(documents)));
        const judgements = qrels[queryId] ?? {};
        if (protocol === 'trec' && Object.keys(judgements).length === 0) continue;
        const order =
          protocol === 'trec' ? documents.toSorted((a, b) => b[1] - a[1] || compareIds(b[0], a[0])) : documents;
        const grades = order.map(([id]) => binary(judgements[id] ?? 0));
        expected.set(queryId, oracle(grades, Object.values(judgements).map(binary), k));
      }
      const summary = aggregator.summary();
      t.is(summary.queries, expected.size);
      for (const { queryId, metrics } of summary.perQuery()) closeTo(t, metrics, expected.get(queryId)!);
      const averaged = expected.size > 0 ? names : [];
      const means = averaged.map((name) => {
        const sum = [...expected.values()].reduce((total, metrics) => total + metrics[name]!, 0);
        return [name, name === 'num_rel_ret' ? sum : sum / expected.size] as const;
      });
      t.deepEqual(Object.keys(summary.metrics), averaged);
      closeTo(t, summary.metrics, Object.fromEntries(means));
    }),
    { numRuns: 400 },
  );
});

function closeTo(t: { true(value: boolean, message?: string): void }, a: object, b: Record<string, number>): void {
  for (const [name, value] of Object.entries(a)) t.true(Math.abs(value - b[name]!) < 1e-12, name);
}

test('pushes and merges in any order give the same bits', (t) => {
  const measures = ['ndcg@10', 'recall@10', 'recall@10_micro', 'map', 'gm_map', 'num_ret', 'bpref'];
  fc.assert(
    fc.property(collection, fc.infiniteStream(fc.nat(2)), fc.boolean(), ({ qrels, rankings }, parts, complete) => {
      const options = { qrels: qrelsOf(qrels), measures, protocol: 'trec', complete } as const;
      const list = rankings.map(({ queryId, documents }) => scored(queryId, Object.fromEntries(documents)));
      const whole = new MetricAggregator(options);
      for (const ranking of list) whole.push(ranking);
      const pieces = [0, 1, 2].map(() => new MetricAggregator(options));
      for (const ranking of list.toReversed()) pieces[parts.next().value!]!.push(ranking);
      const [first, second, third] = pieces;
      third!.merge(first!);
      third!.merge(second!);
      const [a, b] = [whole.summary(), third!.summary()];
      t.deepEqual({ ...a, perQuery: a.perQuery() }, { ...b, perQuery: b.perQuery() });
      const ids = a.perQuery().map(({ queryId }) => queryId);
      t.deepEqual(ids, ids.toSorted(compareIds));
    }),
  );
});

test('a summary stays as it was when more is pushed', (t) => {
  const aggregator = new MetricAggregator({ qrels: qrelsOf({}), measures: ['hit@1'], protocol: 'hakari' });
  aggregator.push(ranked('q1', 'a'));
  const before = aggregator.summary();
  aggregator.push(ranked('q2', 'a'));
  t.is(before.queries, 1);
  t.is(before.perQuery().length, 1);
  t.is(aggregator.summary().queries, 2);
});

test('rankings that cannot be measured are refused by name and leave nothing behind', (t) => {
  const qrels = qrelsOf({ q: { a: 1 } });
  for (const protocol of ['hakari', 'trec'] as const) {
    const aggregator = new MetricAggregator({ qrels, measures: ['ndcg@10'], protocol });
    const refused = (ranking: Ranking, message: string) =>
      t.throws(() => aggregator.push(ranking), { name: 'InputError', message });
    refused(ranked('q', 'a', 'b', 'a'), 'query "q": document "a" is ranked twice');
    refused({ ...ranked('q', 'a', 'b'), scores: new Float32Array(1) }, 'query "q": 2 documents but 1 scores');
    if (protocol === 'trec') {
      refused(scored('q', { a: 1, b: Number.NaN }), 'query "q": the score of document "b" is NaN');
    }
    t.is(aggregator.summary().queries, 0);
    aggregator.push(ranked('q', 'a'));
    aggregator.push(ranked('unjudged', 'a'));
    refused(ranked('q', 'b'), 'query "q": its ranking is given twice');
    refused(ranked('unjudged', 'b'), 'query "unjudged": its ranking is given twice');
  }
});

test('judgements that are no maps are named', (t) => {
  const refused = (qrels: unknown, message: RegExp) =>
    t.throws(() => scoreRun({ qrels: qrels as never, rankings: [], measures: ['map'] }), {
      name: 'InputError',
      message,
    });
  refused({}, /^qrels must be a Map of query ids to Maps of document ids to grades, got an object \(Object\)$/);
  refused(undefined, /^qrels must be a Map/);
  refused(new Map([['q', { d: 1 }]]), /^qrels of query "q" must be a Map of document ids to grades, got an object/);
  t.throws(() => scoreRun(null as never), { name: 'InputError', message: /^options must be an object, got null$/ });
});

test('aggregators merge only over different queries and the same measures', (t) => {
  const qrels = qrelsOf({ q: { a: 1 } });
  const of = (measures: string[], protocol: Protocol = 'hakari', relevanceLevel = 1) => {
    const aggregator = new MetricAggregator({ qrels, measures, protocol, relevanceLevel });
    aggregator.push(ranked('q', 'a'));
    return aggregator;
  };
  t.throws(() => of(['map']).merge(of(['map'])), { message: 'query "q": its ranking is given twice' });
  const cannot = {
    name: 'InputError',
    message: /^metrics cannot be merged: map by hakari at level 1 is measured here/,
  };
  t.throws(() => of(['map']).merge(of(['map', 'ndcg@1'])), cannot);
  t.throws(() => of(['map']).merge(of(['map'], 'trec')), cannot);
  t.throws(() => of(['map'], 'trec').merge(of(['map'], 'trec', 2)), { message: /at level 2 there$/ });
});

test('measures are known by both ways of writing them', (t) => {
  const names = (...given: string[]) => parseMeasures(given).map((measure) => measure.name);
  t.deepEqual(names('NDCG@10', 'recall@100_micro', 'acc@5', 'accuracy@5', 'hit@5'), [
    'ndcg@10',
    'recall@100_micro',
    'hit@5',
  ]);
  t.deepEqual(names('P_10,5', 'P.5', 'ndcg_cut.10', 'map'), ['P_5', 'P_10', 'ndcg_cut_10', 'map']);
  t.deepEqual(names('iprec_at_recall..10,.5', 'ndcg_1=3,2=9', 'success'), [
    'iprec_at_recall_0.10',
    'iprec_at_recall_0.50',
    'ndcg_1=3,2=9',
    'success_1',
    'success_5',
    'success_10',
  ]);
  t.deepEqual(splitMeasureList('P_5,10, ndcg@10,11pt_avg_.25,.5,ndcg_1=3,2=9,rbp_p=.8,1=1,map,'), [
    'P_5,10',
    'ndcg@10',
    '11pt_avg_.25,.5',
    'ndcg_1=3,2=9',
    'rbp_p=.8,1=1',
    'map',
  ]);
  const printed = inTrecOrder(parseMeasures(['ndcg@3', 'ndcg@1', 'unj', 'P_100,5', 'map']));
  t.deepEqual(
    printed.map((measure) => measure.name),
    ['map', 'P_5', 'P_100', 'unj_5', 'unj_10', 'unj_20', 'ndcg@3', 'ndcg@1'],
  );
});

test('a measure that cannot be is refused by name, and an unknown one with those that are known', (t) => {
  const refused = (name: string, message: string | RegExp) =>
    t.throws(() => parseMeasures([name]), { name: 'InputError', message }, name);
  refused('foo@10', /^measure "foo@10": not known; known are ndcg@k, .*recall@k_micro, .*num_q, .*all_trec/);
  refused('Map', /^measure "Map": not known/);
  refused('constructor', /^measure "constructor": not known/);
  refused('ndcg@10_micro', /^measure "ndcg@10_micro": not known/);
  refused('ndcg@0', 'measure "ndcg@0": k must be a positive integer, got "0"');
  refused('ndcg@-1', 'measure "ndcg@-1": k must be a positive integer, got "-1"');
  refused('ndcg@1.5', 'measure "ndcg@1.5": k must be a positive integer, got "1.5"');
  refused('ndcg@', 'measure "ndcg@": k must be a positive integer, got ""');
  refused('P_0', 'measure P: cutoff 0 is not a positive integer');
  refused('P_5,5', 'measure P: 5 is given twice');
  refused('P_x', 'measure P: "x" is not a number');
  refused('map_5', 'measure map: takes no parameters, got 5');
  refused('ndcg_x=1', 'measure ndcg: x=1 is not grade=number');
  refused('rbp_q=1', 'measure rbp: q=1 is not grade= or p=number');
  refused('utility_1,-1', 'measure utility: takes four coefficients, the last one 0, got 1,-1');
  refused('runid', 'measures: none is given');
  t.throws(() => new MetricAggregator({ qrels: new Map(), measures: [], protocol: 'hakari' }), {
    message: 'measures: none is given',
  });
  t.throws(() => new MetricAggregator({ qrels: new Map(), measures: ['map'], protocol: 'hakari', relevanceLevel: 2 }), {
    name: 'InputError',
    message: /^relevanceLevel and complete belong to the protocol trec/,
  });
});

test('numbers are printed as printf does, halves to even', (t) => {
  t.is(toFixedHalfEven(0.03125, 4), '0.0312');
  t.is(toFixedHalfEven(0.09375, 4), '0.0938');
  t.is(toFixedHalfEven(-0.03125, 4), '-0.0312');
  t.is(toFixedHalfEven(0.125, 2), '0.12');
  t.is(toFixedHalfEven(2 / 3, 4), '0.6667');
  t.is(toFixedHalfEven(-412.66666, 4), '-412.6667');
  t.is(toFixedHalfEven(0, 4), '0.0000');
});

test('grades whose exponential gain no float64 holds are measured all the same', (t) => {
  const qrels = new Map([
    [
      'q',
      new Map([
        ['a', 2000],
        ['b', 1999],
      ]),
    ],
  ]);
  const aggregator = new MetricAggregator({ qrels, measures: ['ndcg_exp@10'], protocol: 'trec' });
  aggregator.push({ queryId: 'q', documentIds: ['b', 'a'], scores: Float32Array.of(2, 1) });
  const discount = 1 / Math.log2(3);
  const expected = (0.5 + discount) / (1 + 0.5 * discount);
  t.true(Math.abs(aggregator.summary().metrics['ndcg_exp@10']! - expected) < 1e-12);
});
