import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { parse } from 'yaml';
import { auditNanoTask, checkCandidates } from '#src/build/audit-set.js';
import { type BuiltNanoSet, buildNanoSet } from '#src/build/build-nano-set.js';
import { type BuildNanoOptions, checkBuildOptions } from '#src/build/build-options.js';
import { hybridCandidates } from '#src/build/candidates.js';
import { CombinedSource } from '#src/build/combined-source.js';
import { weighTexts } from '#src/build/duplicates.js';
import { openSource } from '#src/build/open-source.js';
import { sampleSource } from '#src/build/sample.js';
import type { FullSource } from '#src/build/source.js';
import { joinTitle, strip } from '#src/build/source-text.js';
import { compareIds } from '#src/common/id-order.js';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import type { CandidateRow, Task, TextBatch } from '#src/dataset/task.js';
import { type Encoder, encoderProvider } from '#src/encoder/encoder.js';
import { evaluate } from '#src/evaluation/evaluate.js';
import { Bm25Index } from '#src/lexical/bm25-index.js';
import { fuse } from '#src/rank/fusion.js';
import { collection, scratch } from './support/collections.js';
import { HubServer } from './support/hub-server.js';
import { tenbin } from './support/tenbin.js';

type Pair = readonly [query: string, document: string, score: number];
interface Text {
  readonly id: string;
  readonly text: string;
}

/** A source in memory: what a test says it is. */
function sourceOf(documents: readonly Text[], queries: readonly Text[], pairs: readonly Pair[]): FullSource {
  return {
    path: 'source',
    split: 'test',
    isOneOfMany: false,
    documents: async function* () {
      yield documents;
    },
    queries: async function* () {
      yield queries;
    },
    judgements: async function* () {
      yield pairs.map(([queryId, documentId, score]) => ({ queryId, documentId, relevant: score > 0 }));
    },
    candidates: async function* () {
      for (const { id } of queries) yield { queryId: id, documentIds: documents.map((each) => each.id).reverse() };
    },
    facts: async () => ({ name: 'source', split: 'test', format: 'files' }),
  };
}

const texts = (...entries: readonly string[]): Text[] =>
  entries.map((entry) => ({ id: entry.split('=')[0]!, text: entry.split('=')[1] ?? `text of ${entry}` }));

async function sample(source: FullSource, options: Partial<BuildNanoOptions>) {
  const { corpus, queries, qrels, selection } = await sampleSource(
    source,
    checkBuildOptions({ output: 'never', ...options }),
  );
  const ids = (entries: readonly Text[]) => entries.map(({ id }) => id).join(' ');
  const pairs = [...qrels].flatMap(([query, judged]) => [...judged.keys()].map((document) => `${query}-${document}`));
  return { corpus: ids(corpus), queries: ids(queries), pairs: pairs.join(' '), selection, corpusTexts: corpus };
}

async function writeBeir(
  files: Readonly<Record<string, string | readonly object[] | Uint8Array>>,
  name = 'Toy Set',
): Promise<string> {
  const folder = join(await scratch(), name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const lines = Array.isArray(content) ? content.map((record) => `${JSON.stringify(record)}\n`).join('') : content;
    await writeFile(join(folder, path), lines as string | Uint8Array);
  }
  return folder;
}

/** 30 documents and 8 queries of words that BM25 can tell apart; every query has one positive. */
function beirToy(): Promise<string> {
  const words = ['amber', 'birch', 'cedar', 'dune', 'ember', 'fjord', 'grove', 'heath'];
  const word = (i: number) => words[i % 8]!;
  return writeBeir({
    'corpus.jsonl': Array.from({ length: 30 }, (_, i) => ({
      _id: `d${i}`,
      title: `The ${word(i)} and the ${word(i * 3 + 1)}`,
      text: `They say the ${word(i * 5 + 2)} was number ${i}`,
    })),
    'queries.jsonl': words.map((each, i) => ({ _id: `q${i}`, text: `what did they say about the ${each}` })),
    'qrels/test.tsv': `query-id\tcorpus-id\tscore\n${words.map((_, i) => `q${i}\td${i + 3}\t1\n`).join('')}`,
  });
}

/** Counts of letters: deterministic, with distances between texts. */
const letters: Encoder = {
  id: 'someone/Letter-Counts_v1',
  dimension: 26,
  fingerprint: 'letters',
  encode: async (given) => {
    const data = new Float32Array(given.length * 26);
    for (const [row, text] of given.entries()) {
      for (const letter of text.toLowerCase().match(/[a-z]/g) ?? []) data[row * 26 + letter.charCodeAt(0) - 97]!++;
    }
    return { data, count: given.length, dimension: 26 };
  },
  [Symbol.dispose]: () => undefined,
};

async function textsOf(batches: AsyncIterable<TextBatch>): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { rows } of batches) for (const { id, text } of rows) found.set(id, text);
  return found;
}

async function rowsOf(task: Task, config: string): Promise<CandidateRow[]> {
  const rows: CandidateRow[] = [];
  for await (const row of task.candidates(config)) rows.push(row);
  return rows;
}

const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

test('a document is title, two newlines, body; stripped as by Python', (t) => {
  t.is(joinTitle(' Title ', '\n body\u0085'), 'Title\n\nbody');
  t.is(joinTitle('same', ' same'), 'same');
  t.is(joinTitle('', 'body'), 'body');
  t.is(joinTitle('title', ' \u001f'), 'title');
  t.is(joinTitle('', ' '), '');
  t.is(strip('\ufeff a  b \u3000'), '\ufeff a  b', 'U+FEFF is no space to Python');
});

test('columns go by many names, and the first match wins', async (t) => {
  const folder = await writeBeir({
    'corpus.jsonl.gz': gzipSync(
      [
        { docid: 'a', title: 'T', contents: ' c ' },
        { id: 7, _id: 'b', passage: 'p', text: 'x' },
        { doc_id: 9, content: null },
      ]
        .map((record) => JSON.stringify(record))
        .join('\n'),
    ),
    'queries.jsonl': [{ qid: 'q', question: ' why ' }],
    'qrels/dev.jsonl': [
      { query: 'q', docid: 'a', label: 2 },
      { query_id: 'q', 'doc-id': 'b', relevance: '0' },
    ],
  });
  const source = await openSource(folder, undefined);
  t.is(source.split, 'dev', 'the only one');
  const all = async <T>(batches: AsyncIterable<readonly T[]>) => {
    const rows: T[] = [];
    for await (const batch of batches) rows.push(...batch);
    return rows;
  };
  t.deepEqual(await all(source.documents()), [
    { id: 'a', text: 'T\n\nc' },
    { id: 'b', text: 'x' },
    { id: '9', text: '' },
  ]);
  t.deepEqual(await all(source.queries()), [{ id: 'q', text: 'why' }]);
  t.deepEqual(await all(source.judgements()), [
    { queryId: 'q', documentId: 'a', relevant: true },
    { queryId: 'q', documentId: 'b', relevant: false },
  ]);
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

test('aligned sets keep equal texts, and their cost is told', async (t) => {
  const root = await scratch();
  const folders = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      writeBeir(
        {
          'corpus.jsonl': [0, 1, 2].map((i) => ({ _id: `d${i}`, text: `the same passage ${i}` })),
          'queries.jsonl': [{ _id: 'q', text: 'the same question' }],
          'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq\td1\t1\n',
        },
        name,
      ),
    ),
  );
  const options = { order: 'source', analyzer: 'regex' } as const;
  const output = join(root, 'aligned');
  await t.throwsAsync(buildNanoSet(folders, { ...options, output }), { message: /^name: is needed/ });
  const built = await buildNanoSet(folders, { ...options, output, name: 'same', aligned: true });
  t.like(built.metadata.counts, { queries: 3, documents: 9, positive_qrels: 3 });
  t.is(built.metadata.duplicates.set.positives_with_twin, 3);
  const gains = [1, 2, 3].map((rank) => 1 / Math.log2(rank + 1));
  const expected = gains.reduce((sum, gain) => sum + gain / 3, 0);
  t.is(built.metadata.duplicates.set.ceiling_ndcg_at_10_expected, Number(expected.toFixed(6)));
  const { source } = await json(join(output, 'manifest.json'));
  t.deepEqual(Object.keys(source.subsets), ['a', 'b', 'c']);
  const again = await buildNanoSet(folders, { ...options, output: join(root, 'plain'), name: 'same' });
  t.like(again.metadata.counts, { queries: 1, documents: 3, positive_qrels: 1 });
  t.like(again.metadata.duplicates, { source: { positives_with_twin: 1 }, set: { positives_with_twin: 0 } });
  await t.throwsAsync(buildNanoSet([folders[0]!, folders[0]!], { ...options, output: join(root, 'x'), name: 'same' }), {
    message: /two subsets are called a$/,
  });
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

test('the hybrid draws its safeguard as HAKARI does', (t) => {
  const filler = Array.from({ length: 500 }, (_, i) => `f${String(i).padStart(3, '0')}`);
  for (const [split, queryId, positives, drawn] of [
    ['spart_qa', 'spartqa-q-63', 3, 0],
    ['toy', 'q1', 5, 0],
    ['scidocs', 'abc', 5, 4],
  ] as const) {
    const judged = new Map(Array.from({ length: positives }, (_, i) => [`p${i}`, 1]));
    const list = [{ queryId, documentIds: filler }];
    const { rows, safeguards } = hybridCandidates(list, list, new Map([[queryId, judged]]), split);
    t.deepEqual(rows[0]?.documentIds, [...filler.slice(0, 100), `p${drawn}`]);
    t.is(safeguards.get(queryId), `p${drawn}`);
  }
});

test('the audit finds what breaks a rule of candidates', (t) => {
  const ids = Array.from({ length: 120 }, (_, i) => `d${i}`);
  const corpus = new Map(ids.map((id) => [id, id]));
  const queries = new Map([['q', 'query']]);
  const qrels = new Map([['q', new Map([['d110', 1]])]]);
  const problems = (config: string, documentIds: readonly string[], queryId = 'q') => {
    const found: string[] = [];
    checkCandidates(config, [{ queryId, documentIds }], { qrels, queries, corpus }, (problem) => found.push(problem));
    return found;
  };
  const first = ids.slice(0, 100);
  t.deepEqual(problems('reranking_hybrid', [...first, 'd110']), []);
  t.deepEqual(problems('reranking_hybrid', ['d110', ...first.slice(1)]), []);
  t.deepEqual(problems('bm25', ids), []);
  t.is(problems('reranking_hybrid', first).length, 2, 'no safeguard');
  t.is(problems('reranking_hybrid', [...first, 'd111']).length, 1, 'not a positive');
  t.is(problems('reranking_hybrid', ['d110', ...first.slice(1), 'd0']).length, 1, 'one too many');
  t.is(problems('bm25', first).length, 1, 'too short');
  t.is(problems('bm25', [...ids.slice(1), 'gone']).length, 1);
  t.is(problems('bm25', [...ids.slice(1), 'd1']).length, 1);
  t.deepEqual(problems('bm25', ids, 'x').length, 2, 'another query');
});

test('the audit reads what was written and lists all that is wrong', async (t) => {
  const folder = await scratch();
  const bm25 = [{ queryId: 'q', documentIds: ['a', 'b', 'c'] }];
  await writeNanoTask(folder, 'x', {
    corpus: texts('a=one', 'b=one', 'c=two'),
    queries: texts('q', 'r'),
    qrels: new Map([['q', new Map([['gone', 1]])]]),
    candidates: { bm25 },
  });
  const [task] = await openDataset(folder);
  const { message } = (await t.throwsAsync(auditNanoTask(task!, checkBuildOptions({ output: 'never', documents: 2 })), {
    name: 'InputError',
  }))!;
  for (const problem of [
    '3 documents, more than 2',
    'document "b" has the text of "a"',
    'query "r" has no positive',
    'positive "gone" is not in the corpus',
    'bm25: query "r" has no row',
  ]) {
    t.true(message.includes(problem), message);
  }
});

test('a set holds tables, candidates, statistics, card and a manifest of hashes', async (t) => {
  const output = join(await scratch(), 'nested', 'NanoToy');
  const stages = new Set<string>();
  const built = await buildNanoSet(await beirToy(), {
    output,
    documents: 25,
    queries: 6,
    language: 'en',
    embeddings: encoderProvider(letters),
    onProgress: ({ stage }) => stages.add(stage),
  });
  t.like(built, { folder: output, group: 'NanoToy', task: 'toy_set' });
  t.true(stages.has('survey documents') && stages.has('encode documents') && stages.has('audit'));
  const [task] = await openDataset(output);
  t.is(task?.name, 'toy_set');
  t.deepEqual(await task?.candidateConfigs(), ['bm25', 'letter_counts_v1', 'reranking_hybrid']);
  const corpus = await textsOf(task!.corpus());
  t.is(corpus.size, 25);
  t.deepEqual([...corpus.keys()], [...corpus.keys()].sort(compareIds));
  t.true([...corpus.values()].every((text) => /^The \w+ and the \w+\n\nThey say/.test(text)));
  const lists = await Promise.all(['bm25', 'letter_counts_v1'].map((config) => rowsOf(task!, config)));
  for (const [i, { documentIds }] of (await rowsOf(task!, 'reranking_hybrid')).entries()) {
    t.deepEqual(documentIds, fuse(lists.map((rows) => rows[i]!.documentIds)).documentIds);
  }
  const metadata = await json(join(output, 'metadata', 'toy_set.json'));
  t.deepEqual(metadata, JSON.parse(JSON.stringify(built.metadata)));
  const lengths = [...corpus.values()].map((text) => [...text].length).sort((a, b) => a - b);
  t.like(metadata.text_stats_chars.documents, { count: 25, min: lengths[0], max: lengths[24], median: lengths[12] });
  t.like(metadata.candidates.bm25, { analyzer: 'english_porter_stop', depth: 500 });
  t.like(metadata.candidates.letter_counts_v1, { encoder: letters.id, encoder_fingerprint: 'letters' });
  t.deepEqual(metadata.language_detection.main_languages, ['en']);
  const manifest = await json(join(output, 'manifest.json'));
  const files = (await readdir(output, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(output.length + 1));
  t.deepEqual(Object.keys(manifest.files).sort(), files.filter((file) => file !== 'manifest.json').sort());
  for (const [file, { bytes, sha256 }] of Object.entries<{ bytes: number; sha256: string }>(manifest.files)) {
    const content = await readFile(join(output, file));
    t.deepEqual([bytes, sha256], [content.length, createHash('sha256').update(content).digest('hex')]);
  }
  t.like(manifest, { sampling: { order: 'seed', seed: 0 }, sizes: { queries: 6, documents: 25 } });
  const hybrid = await json(join(output, 'reranking_hybrid_metadata.json'));
  t.like(hybrid, { rrf_k: 100, splits: { toy_set: { safeguarded_queries: 0, rows_by_length: { 25: 6 } } } });
  const card = await readFile(join(output, 'README.md'), 'utf8');
  const { configs } = parse(card.split('---\n')[1]!);
  t.is(configs.length, 6);
  t.deepEqual(configs[0], {
    config_name: 'corpus',
    data_files: [{ split: 'toy_set', path: 'corpus/toy_set.parquet' }],
  });
});

test('a source in Parquet, with parts and candidates, is read too', async (t) => {
  const folder = join(await scratch(), 'Full');
  const documents = texts('d1', 'd2', 'd3', 'd4');
  const candidates = { bm25: [{ queryId: 'q', documentIds: ['d4', 'd1'] }] };
  const qrels = new Map([['q', new Map([['d2', 1]])]]);
  await writeNanoTask(folder, 'alpha', { corpus: documents, queries: texts('q'), qrels, candidates });
  const output = join(await scratch(), 'NanoFull');
  const options = { output, order: 'source', hardNegatives: 'bm25', analyzer: 'regex' } as const;
  const built = await buildNanoSet(folder, { ...options, documents: 3 });
  t.is(built.task, 'alpha');
  const [task] = await openDataset(output);
  t.deepEqual([...(await textsOf(task!.corpus())).keys()], ['d2', 'd4', 'd1']);
  await writeNanoTask(join(folder, 'parts'), 'x-00000-of-00002', {
    corpus: documents,
    queries: texts('q'),
    qrels: new Map(),
  });
  await t.throwsAsync(openSource(join(folder, 'parts'), undefined), { name: 'InputError', message: /1 of 2 parts/ });
});

test('a dataset of the Hub is a source, and its commit is recorded', async (t) => {
  const root = await scratch();
  const tables = { corpus: texts('d1', 'd2'), queries: texts('q'), qrels: new Map([['q', new Map([['d2', 1]])]]) };
  for (const split of ['alpha', 'beta']) await writeNanoTask(join(root, 'hub'), split, tables);
  const hub = await HubServer.start();
  t.teardown(() => hub.close());
  const commit = await hub.commitFolder('someone/full-set', join(root, 'hub'));
  const options = { output: join(root, 'Nano'), analyzer: 'regex', hub: { cacheFolder: join(root, 'cache') } };
  const environment = { HF_ENDPOINT: process.env.HF_ENDPOINT };
  process.env.HF_ENDPOINT = hub.endpoint;
  t.teardown(() => {
    if (environment.HF_ENDPOINT === undefined) delete process.env.HF_ENDPOINT;
    else process.env.HF_ENDPOINT = environment.HF_ENDPOINT;
  });
  await t.throwsAsync(buildNanoSet('someone/full-set', options), { message: /got 2 \("alpha", "beta"\); choose one$/ });
  const built = await buildNanoSet('someone/full-set', { ...options, split: 'alpha' });
  t.is(built.task, 'alpha');
  const { source } = await json(join(built.folder, 'manifest.json'));
  t.like(source, { name: 'someone/full-set', split: 'alpha', revision: commit });
  t.regex(source.checksums['corpus/alpha.parquet'], /^(sha256|git-sha1):/);
});

test('what is wrong is said, and nothing half made is left', async (t) => {
  const folder = await beirToy();
  const root = await scratch();
  const output = join(root, 'new', 'Nano');
  const refuse = async (source: string, options: Partial<BuildNanoOptions>, message: RegExp) => {
    await t.throwsAsync(buildNanoSet(source, { output, ...options }), { name: 'InputError', message });
    t.deepEqual(await readdir(root), []);
  };
  await refuse(folder, { split: 'dev' }, /qrels: no split "dev"; splits are test$/);
  await refuse(join(folder, 'none'), {}, /no such folder/);
  await refuse(folder, { analyzer: 'nothing' }, /^analyzer "nothing": is not known/);
  await refuse(folder, { order: 'source', seed: 1 }, /^seed must be left out/);
  await refuse(folder, { aligned: true }, /^order must be source where aligned/);
  await refuse(folder, { queries: 0 }, /^queries must be/);
  await refuse(folder, { hardNegatives: 'bm25' }, /no candidates "bm25"/);
  await refuse(folder, { embeddings: encoderProvider({ ...letters, id: 'bm25' }) }, /^denseConfig must be/);
  const without = await writeBeir({ 'corpus.jsonl': [{ _id: 'd', text: 'x' }], 'queries.jsonl': [] });
  await refuse(without, {}, /qrels: no split "test"; there are no judgements$/);
  const beir = (corpus: string, qrels: string) =>
    writeBeir({ 'corpus.jsonl': corpus, 'queries.jsonl': [{ _id: 'q', text: 'x' }], 'qrels/test.tsv': qrels });
  const head = 'query-id\tcorpus-id\tscore\n';
  await refuse(await beir('{"_id":"d","text":"x"}', `${head}q\td\t0\n`), {}, /no judgement of split test is above 0$/);
  await refuse(await beir('{"_id":"d","text":"x"}', `${head}q\te\t1\n`), {}, /has a relevant document in the corpus$/);
  await refuse(await beir('{"_id":"d"}', `${head}q\td\t1\n`), {}, /corpus.jsonl:1: neither text nor title$/);
  await refuse(await beir('{"_id":"d","text":5}', `${head}q\td\t1\n`), {}, /corpus.jsonl:1: text is not a string$/);
  await refuse(await beir('', `${head}q\td\t1\n`), {}, /the corpus is empty$/);
  await refuse(await beir('{}', `${head}q\td\thigh\n`), {}, /test.tsv:2: score must be a number, got "high"$/);
  await refuse(await beir('{}', `q\td\t1\n`), {}, /test.tsv:1: no query id .*columns are "q", "d", "1"$/);
  await refuse(await beir('{}', `${head}q\td\t1\nq\td\t0\n`), {}, /"q" and "d" are judged both relevant and not$/);
  const broken = encoderProvider({
    ...letters,
    encode: async () => ({ data: new Float32Array([Number.NaN]), count: 1, dimension: 1 }),
  });
  await t.throwsAsync(buildNanoSet(folder, { output, embeddings: broken }));
  t.deepEqual(await readdir(root), []);
  const controller = new AbortController();
  const abort = ({ stage }: { stage: string }) => stage === 'audit' && controller.abort(new Error('stop'));
  const stopped = { output, signal: controller.signal, onProgress: abort };
  await t.throwsAsync(buildNanoSet(folder, stopped), { message: 'stop' });
  t.deepEqual(await readdir(root), []);
});

test('a set that is there stays, unless it is to be replaced; what is not a set always does', async (t) => {
  const [folder, root] = [await beirToy(), await scratch()];
  const output = join(root, 'Nano');
  const options = { output, analyzer: 'regex', queries: 3 };
  await buildNanoSet(folder, options);
  const before = await readFile(join(output, 'manifest.json'), 'utf8');
  await t.throwsAsync(buildNanoSet(folder, { ...options, seed: 1 }), { message: /is there and not empty/ });
  t.is(await readFile(join(output, 'manifest.json'), 'utf8'), before);
  await buildNanoSet(folder, { ...options, seed: 1, force: true });
  t.not(await readFile(join(output, 'manifest.json'), 'utf8'), before);
  t.deepEqual(await readdir(root), ['Nano']);
  await writeFile(join(root, 'mine.txt'), 'x');
  await t.throwsAsync(buildNanoSet(folder, { ...options, output: root, force: true }), { message: /is not a set/ });
  t.deepEqual((await readdir(root)).sort(), ['Nano', 'mine.txt']);
});

test('SciFact: the same seed makes the same bytes, BM25 ranks as its index does, and all profiles are weighed', async (t) => {
  const folder = collection(t, 'beir/scifact');
  if (folder === undefined) return;
  const root = await scratch();
  const make = (name: string, options: Partial<BuildNanoOptions> = {}): Promise<BuiltNanoSet> =>
    buildNanoSet(folder, {
      output: join(root, name, 'NanoSciFact'),
      documents: 1500,
      queries: 60,
      analyzer: 'english_porter_stop',
      embeddings: encoderProvider(letters),
      ...options,
    });
  const [one, two, other] = [await make('one'), await make('two'), await make('other', { seed: 1 })];
  const manifest = ({ folder: made }: BuiltNanoSet) => readFile(join(made, 'manifest.json'), 'utf8');
  t.is(await manifest(one), await manifest(two));
  t.not(await manifest(one), await manifest(other));
  const tasks = await openDataset(one.folder);
  const [task] = tasks;
  const [corpus, queries] = [await textsOf(task!.corpus()), await textsOf(task!.queries())];
  t.deepEqual([corpus.size, queries.size], [1500, 60]);
  using index = await Bm25Index.build(Array.from(corpus, ([id, text]) => ({ id, text })));
  const { indices, k } = await index.search([...queries.values()], { k: 500 });
  const ids = [...corpus.keys()];
  for (const [row, { documentIds }] of (await rowsOf(task!, 'bm25')).entries()) {
    t.deepEqual(
      documentIds,
      Array.from(indices.subarray(row * k, (row + 1) * k), (position) => ids[position]),
    );
  }
  using embeddings = encoderProvider(letters);
  const names = ['bm25', 'dense', 'reranking_hybrid'] as const;
  const scores = new Map<string, number>();
  const profiles = [
    ...names.map((name) => ({ name })),
    ...(await task!.candidateConfigs()).map((config) => ({ name: 'candidates' as const, config })),
  ];
  for await (const outcome of evaluate(tasks, { profiles, dense: { embeddings } })) {
    if ('error' in outcome) throw outcome.error;
    scores.set(outcome.profile, outcome.metrics['ndcg@10']!);
  }
  for (const [i, config] of ['bm25', 'letter_counts_v1', 'reranking_hybrid'].entries()) {
    t.is(scores.get(`candidates_${config}`), scores.get(names[i]!), 'the candidates are what the profile ranks');
  }
  t.true(scores.get('bm25')! > 0.6);
});

test('tenbin build makes a set and tells about it', async (t) => {
  const [folder, root] = [await beirToy(), await scratch()];
  const output = join(root, 'NanoToy');
  const args = ['build', `${folder}#test`, '--output', output, '--queries', '4', '--language', 'en', '--name', 'toy'];
  const { code, stdout, stderr } = await tenbin(args);
  t.is(code, 0, stderr);
  t.regex(stdout, /NanoToy: task toy, 4 queries, 30 of 30 documents, 4 positives\n/);
  t.regex(stderr, /survey documents\n(.*\n)*audit\n/);
  const again = await tenbin(args);
  t.is(again.code, 1);
  t.regex(again.stderr, /^tenbin: .*NanoToy: is there and not empty/m);
  const unknown = await tenbin([...args, '--force', '--encoder', 'nothing']);
  t.regex(unknown.stderr, /^tenbin: encoder must be one of use-lite, precomputed:DIR, got "nothing"\n$/);
  t.regex((await tenbin([...args, '--force', '--seed', '-1'])).stderr, /^tenbin: --seed must be/);
  t.is((await tenbin([...args, '--force', '--seed', '3'])).code, 0);
});
