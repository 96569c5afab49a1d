import { createHash } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { type BuildNanoOptions, checkBuildOptions } from '#src/build/build-options.js';
import { CombinedSource } from '#src/build/combined-source.js';
import { weighTexts } from '#src/build/duplicates.js';
import { sampleSource } from '#src/build/sample.js';
import type { FullSource } from '#src/build/source.js';
import { joinTitle, strip } from '#src/build/source-text.js';
import { compareIds } from '#src/common/id-order.js';
import { type Pair, sourceOf, type Text, texts } from './support/build-sources.js';

async function sample(source: FullSource, options: Partial<BuildNanoOptions>) {
  const { corpus, queries, qrels, selection } = await sampleSource(
    source,
    checkBuildOptions({ output: 'never', ...options }),
  );
  const ids = (entries: readonly Text[]) => entries.map(({ id }) => id).join(' ');
  const pairs = [...qrels].flatMap(([query, judged]) => [...judged.keys()].map((document) => `${query}-${document}`));
  return { corpus: ids(corpus), queries: ids(queries), pairs: pairs.join(' '), selection, corpusTexts: corpus };
}

test('a document is title, two newlines, body; stripped as by Python', (t) => {
  t.is(joinTitle(' Title ', '\n body\u0085'), 'Title\n\nbody');
  t.is(joinTitle('same', ' same'), 'same');
  t.is(joinTitle('', 'body'), 'body');
  t.is(joinTitle('title', ' \u001f'), 'title');
  t.is(joinTitle('', ' '), '');
  t.is(strip('\ufeff a  b \u3000'), '\ufeff a  b', 'U+FEFF is no space to Python');
});

test('source order: positives in the order of the judgements, hard negatives in turn, then the first others', async (t) => {
  const source = sourceOf(texts('f1', 'n1', 'p2', 'p1', 'f2', 'n2', 'n3', 'f3', 'f4'), texts('qb', 'qa', 'qc'), [
    ['qb', 'n1', 0],
    ['qa', 'p1', 1],
    ['qb', 'n2', -1],
    ['qa', 'n3', 0],
    ['qb', 'p2', 2],
    ['qc', 'n1', 0],
  ]);
  const whole = await sample(source, { order: 'source' });
  // qa before qb by id: n3, n1, then n2; qc has no positive and is no query of the set
  t.is(whole.corpus, 'p1 p2 n3 n1 n2 f1 f2 f3 f4');
  t.is(whole.queries, 'qb qa');
  t.is(whole.pairs, 'qb-p2 qa-p1');
  t.is((await sample(source, { order: 'source', documents: 4 })).corpus, 'p1 p2 n3 n1');
  t.is((await sample(source, { order: 'source', queries: 1 })).corpus, 'p2 n1 n2 f1 p1 f2 n3 f3 f4');
  t.like(whole.selection, { positiveDocuments: 2, hardNegatives: 3, fill: 4 });
});

test('source order fills from the first rows only', async (t) => {
  // of 3 x 2 rows only the first is new: the rest are copies
  const copies = texts('p=a', 'c1=a', 'c2=a', 'c3=a', 'c4=a', 'c5=a', 'late=b');
  const source = sourceOf(copies, texts('q'), [['q', 'p', 1]]);
  t.is((await sample(source, { order: 'source', documents: 2 })).corpus, 'p');
  t.is((await sample(source, { order: 'source', documents: 3 })).corpus, 'p late');
  t.is((await sample(source, { order: 'seed', documents: 2 })).corpus, 'late p');
});

for (const order of ['source', 'seed'] as const) {
  test(`order ${order}: empty texts, repeated ids and repeated texts are passed over, judgements go with them`, async (t) => {
    const source = sourceOf(
      texts('a=one', 'b=', 'a=two', 'c=one', 'd=three', 'e=three', 'f=four'),
      texts('q1=x', 'q2=y', 'q3=x', 'q1=z', 'q4=w', 'q5='),
      [
        ['q1', 'a', 1],
        ['q1', 'b', 1],
        ['q1', 'gone', 1],
        ['q2', 'c', 1],
        ['q2', 'b', 1],
        ['q3', 'a', 1],
        ['q4', 'f', 1],
        ['q5', 'f', 1],
      ],
    );
    const { corpus, pairs, corpusTexts, selection } = await sample(source, { order });
    const ids = corpus.split(' ');
    t.is(corpusTexts.find(({ id }) => id === 'a')?.text ?? 'one', 'one', 'the first row of an id counts');
    t.is(ids.filter((id) => id === 'a' || id === 'c').length, 1);
    t.is(ids.filter((id) => id === 'd' || id === 'e').length, 1);
    t.false(ids.includes('b'));
    t.true(pairs.includes('q4-f') && !pairs.includes('gone') && !pairs.includes('-b') && !pairs.includes('q5'));
    if (order === 'seed') return;
    t.is(corpus, 'a f d');
    t.is(pairs, 'q1-a q4-f', 'q2 has lost its positives, q3 repeats the text of q1');
    t.like(selection, { repeatedQueries: 2, queriesWithoutPositives: 1 });
    t.like(selection.droppedJudgements, { notInCorpus: 1, emptyText: 1, sharedText: 0 });
  });
}

test('judgements of a query are capped: afterwards in source order, before in seed order', async (t) => {
  const documents = texts('p1', 'p2', 'p3', 'f1', 'twin=text of p1');
  const pairs = ['p1', 'p2', 'p3'].map((id) => ['q', id, 1] as const);
  const source = await sample(sourceOf(documents, texts('q'), pairs), { order: 'source', positives: 2 });
  t.is(source.pairs, 'q-p1 q-p2');
  t.is(source.corpus, 'p1 p2 p3 f1', 'HAKARI leaves the third in, unjudged');
  t.like(source.selection.droppedJudgements, { positivesLimit: 1, positivesLimitInSet: 1 });
  const seeded = await sample(sourceOf(documents, texts('q'), pairs), { positives: 2 });
  t.is(seeded.pairs.split(' ').length, 2);
  const kept = seeded.corpus.split(' ');
  t.is(kept.filter((id) => id.startsWith('p')).length, 2);
  t.true(kept.includes('f1'));
  t.false(kept.includes('p1') && kept.includes('twin'));
  t.true(kept.includes('p1') || !kept.includes('twin'), 'nor does a copy of what was left out come in');
  t.like(seeded.selection.droppedJudgements, { positivesLimit: 1, positivesLimitInSet: 0 });
});

test('seed order replaces a query that loses its positives', async (t) => {
  const queries = texts(...Array.from({ length: 12 }, (_, i) => `q${i}`));
  const pairs = queries.map(({ id }, i) => [id, i % 2 === 0 ? 'gone' : `p${i}`, 1] as const);
  const source = sourceOf(texts(...Array.from({ length: 12 }, (_, i) => `p${i}`)), queries, pairs);
  t.is((await sample(source, { queries: 5 })).queries.split(' ').length, 5);
  t.is((await sample(source, { queries: 5, order: 'source' })).queries, 'q1 q3');
});

test('candidates of the source may be hard negatives, best first, behind what is judged', async (t) => {
  const source = sourceOf(texts('f1', 'f2', 'n', 'p', 'c'), texts('q'), [
    ['q', 'p', 1],
    ['q', 'n', 0],
  ]);
  const given = { order: 'source', hardNegatives: 'bm25' } as const;
  t.is((await sample(source, given)).corpus, 'p n c f2 f1');
});

/** HAKARI's selection, word by word over whole tables: document ids and pairs. */
function selectNaively(
  documents: readonly Text[],
  queries: readonly Text[],
  pairs: readonly Pair[],
  limits: { queries: number; documents: number; positives: number; keepDuplicates: boolean },
): { corpus: string[]; pairs: string[] } {
  const chosen: Text[] = [];
  for (const query of queries) {
    const positive = pairs.some(([id, , score]) => id === query.id && score > 0);
    const repeats = ({ id, text }: Text) => id === query.id || (text === query.text && !limits.keepDuplicates);
    if (positive && query.text !== '' && !chosen.some(repeats) && chosen.length < limits.queries) chosen.push(query);
  }
  const corpus: Text[] = [];
  const take = (document: Text | undefined) => {
    if (document === undefined || document.text === '' || corpus.length === limits.documents) return;
    const repeats = ({ id, text }: Text) => id === document.id || (text === document.text && !limits.keepDuplicates);
    if (!corpus.some(repeats)) corpus.push(document);
  };
  const find = (id: string) => documents.find((document) => document.id === id);
  const asked = pairs.filter(([id]) => chosen.some((query) => query.id === id));
  for (const [, id, score] of asked) if (score > 0) take(find(id));
  const inSet = new Set(corpus.map(({ id }) => id));
  const kept = chosen.map(({ id: query }) =>
    asked.filter(([id, d, score]) => id === query && score > 0 && inSet.has(d)),
  );
  const left = kept.filter((positives) => positives.length > 0).map((positives) => positives[0]![0]);
  for (let turn = 0; turn < pairs.length; turn++) {
    for (const query of left.toSorted(compareIds)) {
      take(find(asked.filter(([id, , score]) => id === query && score <= 0)[turn]?.[1] ?? ''));
    }
  }
  const wanted = new Set(asked.map(([, id]) => id)).size;
  for (const [row, document] of documents.entries()) {
    const first = documents.findIndex(({ id }) => id === document.id) === row;
    if (first && row < Math.max(3 * limits.documents, limits.documents + wanted)) take(document);
  }
  return {
    corpus: corpus.map(({ id }) => id),
    pairs: kept.flatMap((positives) => positives.slice(0, limits.positives).map(([q, d]) => `${q} ${d}`)),
  };
}

/** Few texts and ids, so that all repeats occur. */
const arbitrarySource = fc.record({
  documents: fc.array(fc.tuple(fc.nat(25), fc.nat(12)), { minLength: 12, maxLength: 40 }),
  queries: fc.array(fc.tuple(fc.nat(9), fc.nat(7)), { minLength: 4, maxLength: 12 }),
  pairs: fc.array(fc.tuple(fc.nat(9), fc.nat(28), fc.integer({ min: -1, max: 2 })), { minLength: 20, maxLength: 60 }),
  options: fc.record({
    queries: fc.integer({ min: 1, max: 8 }),
    documents: fc.integer({ min: 1, max: 30 }),
    positives: fc.integer({ min: 1, max: 4 }),
    order: fc.constantFrom('seed' as const, 'source' as const),
    keepDuplicates: fc.boolean(),
  }),
  seed: fc.nat(5),
});

test('a sample keeps what is promised, whatever the source', async (t) => {
  let built = 0;
  await fc.assert(
    fc.asyncProperty(arbitrarySource, async ({ documents, queries, pairs, options, seed }) => {
      const corpus = documents.map(([id, text]) => ({ id: `d${id}`, text: text === 0 ? '' : `t${text}` }));
      const asked = queries.map(([id, text]) => ({ id: `q${id}`, text: text === 0 ? '' : `u${text}` }));
      const judged = new Map(pairs.map(([q, d, score]) => [`q${q} d${d}`, score > 0 ? 1 : 0]));
      const given = [...judged].map(([pair, score]) => [...(pair.split(' ') as [string, string]), score] as const);
      const source = sourceOf(corpus, asked, given);
      const made = await sampleSource(
        source,
        checkBuildOptions({ output: 'never', ...options, ...(options.order === 'seed' && { seed }) }),
      ).catch((error) => {
        if (error.name !== 'InputError') throw error;
      });
      if (made === undefined) return;
      built++;
      const ids = made.corpus.map(({ id }) => id);
      t.true(ids.length <= options.documents && made.queries.length <= options.queries);
      t.is(new Set(ids).size, ids.length);
      if (!options.keepDuplicates) t.is(new Set(made.corpus.map(({ text }) => text)).size, ids.length);
      const asks = options.keepDuplicates ? made.queries.map(({ id }) => id) : made.queries.map(({ text }) => text);
      t.is(new Set(asks).size, made.queries.length);
      for (const { id, text } of made.corpus) {
        t.is(corpus.find((each) => each.id === id)?.text, text);
        t.not(text, '');
      }
      t.deepEqual(
        [...made.qrels.keys()],
        made.queries.map(({ id }) => id),
      );
      for (const [query, positives] of made.qrels) {
        t.true(positives.size >= 1 && positives.size <= options.positives);
        for (const document of positives.keys()) {
          t.is(judged.get(`${query} ${document}`), 1);
          t.true(ids.includes(document));
        }
      }
      if (options.order === 'source') {
        const expected = selectNaively(corpus, asked, given, options);
        t.deepEqual(ids, expected.corpus);
        const kept = [...made.qrels].flatMap(([query, judged]) => [...judged.keys()].map((id) => `${query} ${id}`));
        t.deepEqual(kept, expected.pairs);
      }
      const { positiveDocuments, hardNegatives, fill, droppedJudgements } = made.selection;
      const cut = droppedJudgements.positivesLimit > 0 || options.order === 'source';
      if (ids.length < options.documents && !cut) {
        const firsts = corpus.filter(({ id }, row) => corpus.findIndex((each) => each.id === id) === row);
        const distinct = (entries: readonly Text[]) => [...new Set(entries.map(({ text }) => text))].sort();
        t.deepEqual(
          distinct(made.corpus),
          distinct(firsts).filter((text) => text !== ''),
          'nothing is left out without need',
        );
      }
      t.is(positiveDocuments + hardNegatives + fill, ids.length);
    }),
    { numRuns: 300 },
  );
  t.true(built > 100);
});

test('in seed order the order of the source does not matter, the seed does', async (t) => {
  const documents = Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, text: `t${i % 33}` }));
  const queries = Array.from({ length: 12 }, (_, i) => ({ id: `q${i}`, text: `u${i % 11}` }));
  const pairs = queries.flatMap(({ id }, i): Pair[] => [
    [id, `d${(i * 7) % 40}`, 1],
    [id, `d${(i * 11 + 3) % 40}`, i % 3 === 0 ? 1 : 0],
  ]);
  const options = { queries: 6, documents: 20, positives: 1 };
  const { selection: _, ...first } = await sample(sourceOf(documents, queries, pairs), options);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(documents, { minLength: 40 }),
      fc.shuffledSubarray(queries, { minLength: 12 }),
      fc.shuffledSubarray(pairs, { minLength: pairs.length }),
      async (...shuffled) => {
        const { selection: __, ...again } = await sample(sourceOf(...shuffled), options);
        t.deepEqual(again, first);
      },
    ),
    { numRuns: 25 },
  );
  t.not((await sample(sourceOf(documents, queries, pairs), { ...options, seed: 1 })).corpus, first.corpus);
});

test('documents are drawn by SHA-256 of seed and id', async (t) => {
  const documents = texts(...Array.from({ length: 50 }, (_, i) => `d${i}`));
  const key = (id: string) => createHash('sha256').update(`9:${id}`).digest('hex');
  const others = documents.map(({ id }) => id).filter((id) => id !== 'd0');
  const expected = ['d0', ...others.sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, 9)].sort(compareIds);
  const made = await sample(sourceOf(documents, texts('q'), [['q', 'd0', 1]]), { seed: 9, documents: 10 });
  t.is(made.corpus, expected.join(' '));
});

test('several sources are subsets of one task: queries in turn, and documents by the order', async (t) => {
  const subset = (letter: string, documents: number) =>
    sourceOf(
      texts(...Array.from({ length: documents }, (_, i) => `d${i}=${letter} ${i}`)),
      texts(...(letter === 'a' ? ['x=1', 'y=2', 'z=3'] : []), `q0=${letter} who`, `q1=${letter} why`),
      [
        ['q0', 'd1', 1],
        ['q1', 'd2', 1],
      ],
    );
  const combine = (aligned: boolean) =>
    new CombinedSource(
      'two_tongues',
      new Map([
        ['de', subset('a', 30)],
        ['fr-FR', subset('b', 8)],
      ]),
      aligned,
    );
  const counts = (corpus: string) => corpus.split(' ').filter((id) => id.startsWith('two-tongues__de::d::')).length;
  const plain = await sample(combine(false), { order: 'source', documents: 20, queries: 3 });
  t.is(plain.queries, 'two-tongues__de::q::q0 two-tongues__fr-FR::q::q0 two-tongues__de::q::q1');
  t.is(plain.pairs.split(' ')[1], 'two-tongues__fr-FR::q::q0-two-tongues__fr-FR::d::d1');
  t.is(counts(plain.corpus), 19, 'one subset behind the other: the first takes nearly everything');
  const aligned = await sample(combine(true), { order: 'source', documents: 15, aligned: true, queries: 2 });
  t.is(counts(aligned.corpus), 8);
  const seeded = await sample(combine(false), { documents: 14, queries: 3 });
  t.is(seeded.queries.split(' ').length, 3);
  t.true(Math.abs(counts(seeded.corpus) - 7) <= 1, 'in turn');
  t.is((await sample(combine(false), {})).corpus.split(' ').length, 38);
});

test('shared texts: what is left to a system that sees only texts', (t) => {
  const log = (rank: number) => 1 / Math.log2(rank + 1);
  const qrels = new Map([
    ['q1', new Map([['a', 1]])],
    ['q2', new Map([['d', 1]])],
  ]);
  const found = weighTexts(texts('a=x', 'b=x', 'c=x', 'd=y'), qrels);
  t.like(found, { positivesWithTwin: 1, queriesWithTwin: 1, best: 1 });
  const near = (value: number, expected: number) => t.true(Math.abs(value - expected) < 1e-6, `${value} ${expected}`);
  near(found.expected, ((log(1) + log(2) + log(3)) / 3 + 1) / 2);
  near(found.worst, (log(3) + 1) / 2);
  t.like(weighTexts(texts('a=x', 'd=y'), qrels), { positivesWithTwin: 0, best: 1, expected: 1, worst: 1 });
});
