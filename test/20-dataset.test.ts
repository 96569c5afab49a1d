import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { openDataset } from '#src/dataset/open-dataset.js';
import type { Task, TextRow } from '#src/dataset/task.js';
import { collection } from './support/collections.js';
import {
  beirFolder,
  collect,
  complaint,
  listParquet,
  nanoFolder,
  onlyTask,
  parquet,
  put,
  rowsOf,
  strings,
  temporaryFolder,
  twoTexts,
} from './support/dataset-files.js';

/** A real collection's task, or undefined where the collection is not there. */
async function realTask(t: ExecutionContext, folder: string, task: string): Promise<Task | undefined> {
  const path = collection(t, folder);
  return path === undefined ? undefined : (await openDataset(path, { task }))[0];
}

for (const [folder, name, documents, queries, judgements] of [
  ['nano/NanoMMTEB-v2', 'ailastatutes', 82, 50, 217],
  ['nano/belebele', 'eng_eng', 488, 900, 900],
  ['beir/scifact', 'test', 5183, 300, 339],
  ['beir/cranfield', 'test', 1400, 225, 1837],
] as const) {
  test(`${folder} ${name} has the documents, queries and judgements it should have`, async (t) => {
    const task = await realTask(t, folder, name);
    if (!task) return;
    t.is(task.group, basename(folder));
    t.is((await rowsOf(task.corpus())).length, documents);
    t.is((await rowsOf(task.queries())).length, queries);
    const judged = [...(await task.qrels()).values()];
    t.is(
      judged.reduce((sum, { size }) => sum + size, 0),
      judgements,
    );
    t.deepEqual(await task.candidateConfigs(), []);
  });
}

test('ailastatutes has the published text lengths, and the language that the registry declares', async (t) => {
  const task = await realTask(t, 'nano/NanoMMTEB-v2', 'ailastatutes');
  if (!task) return;
  const meanLength = (rows: TextRow[]) => rows.reduce((sum, { text }) => sum + [...text].length, 0) / rows.length;
  t.is(meanLength(await rowsOf(task.queries())), 3038.42);
  t.is(meanLength(await rowsOf(task.corpus())), 1972.6341463414635);
  t.is(task.language, 'en');
  t.is(task.category, 'natural_language');
});

test('empty documents of Cranfield stay, because they count in the corpus size', async (t) => {
  const task = await realTask(t, 'beir/cranfield', 'test');
  if (!task) return;
  const empty = (await rowsOf(task.corpus())).filter(({ text }) => text === '');
  t.deepEqual(empty, [
    { id: '471', text: '', row: 470 },
    { id: '995', text: '', row: 994 },
  ]);
});

test('judged queries of SciFact keep their row in the table of all queries', async (t) => {
  const task = await realTask(t, 'beir/scifact', 'test');
  if (!task) return;
  const lines = (await readFile(join(task.path, 'queries.jsonl'), 'utf8')).trimEnd().split('\n');
  const all = lines.map((line) => JSON.parse(line) as { _id: string; text: string });
  const qrels = await task.qrels();
  const judged = all.flatMap(({ _id, text }, row) => (qrels.has(_id) ? [{ id: _id, text, row }] : []));
  t.deepEqual(await rowsOf(task.queries()), judged);
});

test('rows with an empty or null text are dropped, and row numbers count them', async (t) => {
  const corpus = parquet(strings('_id', ['a', 'b', 'c', 'd']), strings('text', ['', 'two', null, ' ']));
  const task = await onlyTask(await nanoFolder({ 'corpus/x.parquet': corpus }));
  const rows = [
    { id: 'b', text: 'two', row: 1 },
    { id: 'd', text: ' ', row: 3 },
  ];
  t.deepEqual(await collect(task.corpus()), [{ rows, read: 4 }]);
  t.is(await task.corpusRows(), 4);
});

test('judgements are pairs or lists, may repeat, and may point nowhere', async (t) => {
  const pairs = parquet(strings('query-id', ['a', 'a', 'z']), strings('corpus-id', ['b', 'b', 'gone']));
  const lists = listParquet('corpus-id', ['a', 'z'], [['b', 'b'], ['gone']]);
  const expected = new Map([
    ['a', new Map([['b', 1]])],
    ['z', new Map([['gone', 1]])],
  ]);
  for (const qrels of [pairs, lists]) {
    t.deepEqual(await (await onlyTask(await nanoFolder({ 'qrels/x.parquet': qrels }))).qrels(), expected);
  }
});

test('candidate configs are found by their columns, and a missing one is an error', async (t) => {
  const folder = await nanoFolder({
    'dense/x.parquet': listParquet('corpus-ids', ['a', 'b'], [['b', 'a'], []]),
    'bm25/x.parquet': listParquet('corpus-ids', ['a', 'a'], [['b'], ['a']]),
    'nulls/x.parquet': listParquet('corpus-ids', ['a', null], [['b', null], ['a']]),
    'notes/x.parquet': twoTexts,
    'other/y.parquet': listParquet('corpus-ids', ['a'], [['b']]),
  });
  const task = await onlyTask(folder);
  t.deepEqual(await task.candidateConfigs(), ['bm25', 'dense', 'nulls']);
  t.deepEqual(await collect(task.candidates('dense')), [
    { queryId: 'a', documentIds: ['b', 'a'] },
    { queryId: 'b', documentIds: [] },
  ]);
  const told = (config: string) => complaint(t, folder, collect(task.candidates(config)));
  t.is(await told('bm25'), 'bm25/x.parquet: row 1: query-id "a" is already in row 0');
  t.is(await told('nulls'), 'nulls/x.parquet: row 0: corpus-ids is null');
  t.regex(
    await told('best'),
    /^best\/x\.parquet: no candidates "best" for x; candidate configs are bm25, dense, nulls$/,
  );
});

test('a bad Nano table is an error that names the file, and the row or the column', async (t) => {
  const told = async (file: string, content: Uint8Array) => {
    const folder = await nanoFolder({ [file]: content });
    const task = await onlyTask(folder);
    return complaint(t, folder, Promise.all([collect(task.corpus()), collect(task.queries()), task.qrels()]));
  };
  const corpus = 'corpus/x.parquet';
  const queries = 'queries/x.parquet';
  const five = strings('text', ['1', '2', '3', '4', '5']);
  t.is(
    await told(corpus, parquet(strings('_id', ['a', 'b', 'c', 'b', 'a']), five)),
    `${corpus}: row 3: _id "b" is already in row 1`,
  );
  t.is(
    await told(queries, parquet(strings('_id', ['a', '', 'c', 'd', '']), five)),
    `${queries}: row 4: _id "" is already in row 1`,
  );
  t.is(await told(corpus, parquet(strings('_id', ['a', 'b', null, 'd', 'e']), five)), `${corpus}: row 2: _id is null`);
  t.is(
    await told(corpus, parquet({ name: '_id', data: [1, 2, 3, 4, 5], type: 'DOUBLE' }, five)),
    `${corpus}: column _id does not hold strings`,
  );
  t.is(
    await told(corpus, parquet(strings('id', ['a', 'b', 'c', 'd', 'e']), five)),
    `${corpus}: no column _id; columns are "id", "text"`,
  );
  t.is(
    await told('qrels/x.parquet', parquet(strings('query-id', ['a', 'b']), strings('corpus-id', ['a', null]))),
    'qrels/x.parquet: row 1: corpus-id is null',
  );
});

test('a missing folder, task, split or table is an error that says what there is', async (t) => {
  const nano = await nanoFolder({ 'corpus/y.parquet': twoTexts, 'queries/y.parquet': twoTexts });
  t.is(await complaint(t, nano, openDataset(nano, { task: 'z' })), '.: no task "z"; tasks are x');
  t.is(await complaint(t, nano, openDataset(nano, { task: 'y' })), 'qrels/y.parquet: no such file; tasks are x');
  t.deepEqual(
    (await openDataset(nano, { task: 'x' })).map(({ name }) => name),
    ['x'],
  );
  const bare = await nanoFolder({ 'qrels/x.parquet': null });
  t.is(await complaint(t, bare, openDataset(bare)), 'qrels/x.parquet: no such file; there are no tasks');

  const beir = await beirFolder();
  t.is(await complaint(t, beir, openDataset(beir, { task: 'dev' })), 'qrels: no split "dev"; splits are test');

  const empty = await temporaryFolder();
  t.regex(await complaint(t, empty, openDataset(empty)), /^\.: neither a Nano folder \(.*\) nor a BEIR folder/);
  await t.throwsAsync(openDataset('./no/such'), { message: /^.\/no\/such: no such folder, and no group of that name/ });
});

test('BEIR joins title and text, keeps grades, and yields only judged queries', async (t) => {
  const folder = await beirFolder({
    'qrels/test.tsv': 'query-id\tcorpus-id\tscore\r\nq2\td1\t2\r\nq2\td 3\t-1\r\nq2\td1\t2\r\n',
  });
  const task = await onlyTask(folder);
  t.deepEqual(await rowsOf(task.corpus()), [
    { id: 'd1', text: 'one', row: 0 },
    { id: 'd2', text: 'Two words', row: 1 },
  ]);
  t.deepEqual(await collect(task.queries()), [{ rows: [{ id: 'q2', text: 'second', row: 1 }], read: 2 }]);
  t.deepEqual(
    await task.qrels(),
    new Map([
      [
        'q2',
        new Map([
          ['d1', 2],
          ['d 3', -1],
        ]),
      ],
    ]),
  );
  await t.throwsAsync(collect(task.candidates('bm25')), { name: 'InputError' });
});

test('BEIR tables may be gzipped, and lines end only where the file says', async (t) => {
  const separators = '\u{feff}{"_id":"d\u{2028}1","title":null,"text":"a\u{2028}b\u{85}c"}';
  const gzipped = { 'corpus.jsonl.gz': gzipSync(separators), 'queries.jsonl': '{"_id":"q2","text":"x"}' };
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(gzipped)) await put(join(folder, name), content);
  await put(join(folder, 'qrels/test.tsv'), 'query-id\tcorpus-id\tscore\n');
  const rows = [{ id: 'd\u{2028}1', text: 'a\u{2028}b\u{85}c', row: 0 }];
  t.deepEqual(await rowsOf((await onlyTask(folder)).corpus()), rows);

  await put(join(folder, 'corpus.jsonl.gz'), gzipSync(separators).subarray(0, -12));
  const cut = await complaint(t, folder, collect((await onlyTask(folder)).corpus()));
  t.regex(cut, /^corpus\.jsonl\.gz: cannot be read \(unexpected end of file\)$/);
});

test('lines of any length come through whatever the blocks they are read in', async (t) => {
  const texts = Array.from({ length: 3000 }, (_, i) => 'é'.repeat((i * 7919) % 900));
  texts[1500] = '語'.repeat(400_000);
  const lines = texts.map((text, i) => JSON.stringify({ _id: `d${i}`, text }));
  const task = await onlyTask(await beirFolder({ 'corpus.jsonl': lines.join('\n') }));
  const batches = await collect(task.corpus());
  t.true(batches.every(({ rows, read }) => rows.length === read && read <= 1000));
  t.deepEqual(
    batches.flatMap(({ rows }) => rows),
    texts.map((text, row) => ({ id: `d${row}`, text, row })),
  );
});

test('a bad BEIR line is an error that names the file and the line', async (t) => {
  const told = async (file: string, content: string | Uint8Array) => {
    const folder = await beirFolder({ [file]: content });
    const task = await onlyTask(folder);
    return complaint(
      t,
      folder,
      Promise.all([collect(task.corpus()), task.qrels()]).then(() => collect(task.queries())),
    );
  };
  const good = '{"_id":"d1","text":"one"}\n';
  for (const [line, problem] of [
    ['{"_id":"d2","text":', 'not JSON'],
    ['', 'not JSON'],
    ['["d2"]', 'not a JSON object'],
    ['{"text":"two"}', '_id is missing'],
    ['{"_id":2,"text":"two"}', '_id is not a string'],
    ['{"_id":"d2"}', 'text is missing'],
    ['{"_id":"d2","text":"x","title":[]}', 'title is not a string'],
    ['{"_id":"d1","text":"two"}', '_id "d1" is already in line 1'],
  ] as const) {
    t.is(await told('corpus.jsonl', `${good}${line}\n${good}`), `corpus.jsonl:2: ${problem}`);
  }
  t.is(await told('queries.jsonl', '{"_id":"q2","text":null}'), 'queries.jsonl:1: text is not a string');
  t.is(await told('corpus.jsonl', Buffer.from([0x22, 0xff, 0x22])), 'corpus.jsonl:1: not UTF-8');
  const header = 'query-id\tcorpus-id\tscore\n';
  for (const [content, problem] of [
    ['q2\td1\t1\n', '1: expected the header query-id, corpus-id, score'],
    [`${header}q2 d1 1\n`, '2: expected 3 fields, got 1'],
    [`${header}q2\td1\t1\nq2\td2\t0.5\n`, '3: score must be a whole number, got "0.5"'],
    [`${header}q2\td1\t1\nq2\td1\t2\n`, '3: "q2" and "d1" are judged 1 and 2'],
  ] as const) {
    t.is(await told('qrels/test.tsv', content), `qrels/test.tsv:${problem}`);
  }
});
