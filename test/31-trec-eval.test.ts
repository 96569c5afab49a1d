import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { type ScoreCommandOptions, score } from '#src/cli/commands/score.js';
import { readTrecQrels } from '#src/dataset/trec-qrels.js';
import { readTrecRun } from '#src/dataset/trec-run.js';
import { TrecRunWriter } from '#src/dataset/trec-run-writer.js';
import { collection } from './support/collections.js';

const golden = '../shared/data/trec_eval';

async function output(options: Partial<ScoreCommandOptions>): Promise<string> {
  let text = '';
  const defaults = { measures: ['official'], perQuery: false, complete: false, relevanceLevel: 1, json: false };
  const files = { qrels: `${golden}/qrels.test`, run: `${golden}/results.test` };
  await score({ ...defaults, ...files, ...options }, (part) => {
    text += part;
  });
  return text;
}

/** A golden file without relstring, which is a list of grades and no measure. */
async function expected(name: string): Promise<string> {
  const text = await readFile(`${golden}/${name}`, 'utf8');
  return text.replaceAll(/^relstring.*\n/gm, '');
}

const all = { measures: ['all_trec'], perQuery: true };
const parameters = [
  'iprec_at_recall_.10,.20,.25,.75,.50',
  'P_5,7,3',
  'recall_20,2000',
  'Rprec_mult_5.0,0.2,0.35',
  'utility_2,-1,0,0',
  '11pt_avg_.25,.5,.75',
  'ndcg_1=3,2=9,4=4.5',
  'ndcg_cut_10,20,23',
  'success_2,5,20',
];

for (const [name, options] of [
  ['out.test', {}],
  ['out.test.a', { measures: ['all_trec'] }],
  ['out.test.aq', all],
  ['out.test.aqc', { ...all, complete: true, run: `${golden}/results.trunc` }],
  ['out.test.aql', { ...all, relevanceLevel: 2, qrels: `${golden}/qrels.rel_level` }],
  ['out.test.meas_params', { measures: [parameters.join(',')], perQuery: true }],
] as const) {
  test(`trec_eval's ${name}, to the last digit`, async (t) => {
    if (collection(t, 'trec_eval') !== undefined) t.is(await output(options), await expected(name));
  });
}

test('a measure asked for alone is printed alone, as JSON at full precision', async (t) => {
  if (collection(t, 'trec_eval') === undefined) return;
  t.is(await output({ measures: ['map'] }), 'map                   \tall\t0.1785\n');
  const json = JSON.parse(await output({ measures: ['map', 'ndcg@10'], json: true, perQuery: true }));
  t.like(json, { runid: 'STANDARD', protocol: 'trec', queries: 3 });
  t.deepEqual(Object.keys(json.metrics), ['map', 'ndcg@10']);
  t.is(json.metrics.map.toFixed(4), '0.1785');
  t.not(json.metrics.map, 0.1785);
  t.deepEqual(
    json.perQuery.map(({ queryId }: { queryId: string }) => queryId),
    ['301', '302', '303'],
  );
});

async function fileOf(content: string | Uint8Array, name = 'file.txt'): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'tenbin-')), name);
  await writeFile(path, content);
  return path;
}

test('a run: any whitespace, any order of rows, text after the tag, comments, Windows line ends', async (t) => {
  const text =
    'q1\tQ0 d1   9 0.5 first\r\n\n# a comment\nq2 Q0 d1 1 1e3 x\n  q1 Q0 d2 9 -inf last and more\r\nq1 Q0 é\u{1f600} 0 7 tag';
  const files = [await fileOf(text), await fileOf(`\u{feff}${text}`), await fileOf(gzipSync(text), 'run.gz')];
  for (const path of files) {
    const run = await readTrecRun(path);
    t.is(run.tag, 'tag');
    t.deepEqual(
      [...run.rankings.values()],
      [
        { queryId: 'q1', documentIds: ['d1', 'd2', 'é\u{1f600}'], scores: Float64Array.of(0.5, -Infinity, 7) },
        { queryId: 'q2', documentIds: ['d1'], scores: Float64Array.of(1000) },
      ],
    );
  }
});

test('a run longer than the reading block keeps every row, plain and packed', async (t) => {
  const rows = Array.from({ length: 60_000 }, (_, i) => `q${i % 7} Q0 document-${i} ${i} ${-i} run\n`).join('');
  for (const path of [await fileOf(rows), await fileOf(gzipSync(rows), 'run.gz')]) {
    const { rankings } = await readTrecRun(path);
    t.is(rankings.size, 7);
    for (const [queryId, { documentIds, scores }] of rankings) {
      const numbers = [...scores].map((score) => -score);
      t.true(numbers.every((n, i) => `q${n % 7}` === queryId && documentIds[i] === `document-${n}`));
    }
  }
  t.true(rows.length > 1 << 20);
});

test('judgements: TREC rows, and a BEIR table known by its header', async (t) => {
  const trec = await readTrecQrels(await fileOf('q1 0 d1 2\nq2\t0\td 1\n\nq1 0 d2 -1\n'));
  t.deepEqual(trec, new Map([['q1', new Map([['d1', 2], ['d2', -1]])], ['q2', new Map([['d', 1]])]])); // biome-ignore format: a table
  const beir = await readTrecQrels(await fileOf('query-id\tcorpus-id\tscore\nq 1\td 1\t2\r\nq 1\td2\t0\n'));
  t.deepEqual(beir, new Map([['q 1', new Map([['d 1', 2], ['d2', 0]])]])); // biome-ignore format: a table
});

test('files that are not what they should be are refused with file and line', async (t) => {
  const refused = async (read: (path: string) => Promise<unknown>, content: string | Uint8Array, message: string) => {
    const path = await fileOf(content, message.includes('.gz') ? 'x.gz' : 'x');
    const error = await t.throwsAsync(read(path), { name: 'InputError' });
    t.is(error?.message.replace(path, message.includes('.gz') ? 'x.gz' : 'x'), message);
  };
  await refused(readTrecQrels, 'q 0 d 1\nq 0 d\n', 'x:2: expected 4 fields, got 3');
  await refused(readTrecQrels, 'q 0 d 1 1\n', 'x:1: expected 4 fields, got 5');
  await refused(readTrecQrels, 'q 0 d 0.5\n', 'x:1: the grade "0.5" is not a whole number');
  await refused(readTrecQrels, 'q 0 d 1\n\nq 0 d 0\n', 'x:3: query "q" and document "d" are judged twice');
  await refused(readTrecQrels, 'query-id\tcorpus-id\tscore\n', 'x: holds no judgement');
  await refused(readTrecQrels, '', 'x: holds no judgement');
  await refused(readTrecRun, 'q Q0 d 1 1\n', 'x:1: expected 6 fields, got 5');
  await refused(readTrecRun, 'q Q0 d 1 high t\n', 'x:1: the score "high" is not a number');
  await refused(readTrecRun, 'q Q0 d 1 nan t\n', 'x:1: the score "nan" is not a number');
  await refused(
    readTrecRun,
    'q Q0 d 1 2 t\np Q0 d 1 2 t\nq Q0 d 2 1 t\n',
    'x:3: document "d" is ranked twice for query "q"',
  );
  await refused(readTrecRun, '# nothing\n', 'x: holds no ranked document');
  await refused(readTrecRun, Uint8Array.of(0x71, 0xff, 0x0a), 'x: not UTF-8');
  await refused(readTrecRun, 'not packed', 'x.gz: cannot be read (incorrect header check)');
  await t.throwsAsync(readTrecRun('no/such.run'), {
    name: 'InputError',
    message: 'no/such.run: no such file',
  });
  await t.throwsAsync(readTrecRun('no/such.run.gz'), { name: 'InputError', message: 'no/such.run.gz: no such file' });
  const [qrels, run] = [await fileOf('q1 0 d 1\n'), await fileOf('q2 Q0 d 1 1 t\n')];
  await t.throwsAsync(output({ qrels, run }), {
    name: 'InputError',
    message: `${run}: none of its queries is judged in ${qrels}`,
  });
});

test('what the writer writes reads back the same, scores to the last bit', async (t) => {
  const id = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\s|^#/.test(text));
  const score = fc.oneof(fc.double({ noNaN: true }), fc.float({ noNaN: true })).map((value) => value + 0);
  const ranking = fc.record({
    queryId: id,
    rows: fc.uniqueArray(fc.tuple(id, score), { selector: ([a]) => a, minLength: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(ranking, { selector: (one) => one.queryId, minLength: 1 }), async (given) => {
      const path = join(await mkdtemp(join(tmpdir(), 'tenbin-')), 'runs/my.run');
      const writer = await TrecRunWriter.create(path, 'my-run');
      for (const { queryId, rows } of given) {
        const scores = Float64Array.from(rows, ([, value]) => value);
        await writer.write({ queryId, documentIds: rows.map(([document]) => document), scores });
      }
      await writer.commit();
      const { tag, rankings } = await readTrecRun(path);
      t.is(tag, 'my-run');
      t.deepEqual(
        [...rankings.values()].map(({ queryId, documentIds, scores }) => [queryId, documentIds, [...scores]]),
        given.map(({ queryId, rows }) => [queryId, rows.map(([document]) => document), rows.map(([, value]) => value)]),
      );
    }),
    { numRuns: 50 },
  );
});

test('the writer numbers ranks from 1, refuses ids it cannot hold, and leaves no half file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tenbin-'));
  const path = join(folder, 'a.run');
  const writer = await TrecRunWriter.create(path, 'tag');
  await writer.write({ queryId: 'q', documentIds: ['a', 'b'], scores: Float32Array.of(0.1, 0) });
  const refused = (queryId: string, documentId: string, value: number, message: string) =>
    t.throwsAsync(writer.write({ queryId, documentIds: [documentId], scores: Float32Array.of(value) }), {
      name: 'InputError',
      message: `${path}: ${message}`,
    });
  await refused('q 2', 'a', 1, 'a TREC run cannot hold the query id "q 2": it has whitespace in it');
  await refused('q2', 'a\tb', 1, 'a TREC run cannot hold the document id "a\\tb": it has whitespace in it');
  await refused('', 'a', 1, 'a TREC run cannot hold an empty query id');
  await refused('#q', 'a', 1, 'query id "#q" would read as a comment');
  await refused('q2', 'a', Number.NaN, 'query "q2": the score of document "a" is NaN');
  t.deepEqual(
    (await readdir(folder)).filter((name) => name === 'a.run'),
    [],
  );
  await writer.commit();
  t.is(await readFile(path, 'utf8'), 'q Q0 a 1 0.10000000149011612 tag\nq Q0 b 2 0 tag\n');

  await t.throwsAsync(TrecRunWriter.create(join(folder, 'b.run'), 'two words'), {
    message: /cannot hold the tag "two/,
  });
  const dropped = await TrecRunWriter.create(join(folder, 'c.run'), 'tag');
  await dropped.write({ queryId: 'q', documentIds: ['a'], scores: Float32Array.of(1) });
  await dropped.discard();
  t.deepEqual(await readdir(folder), ['a.run']);
});
