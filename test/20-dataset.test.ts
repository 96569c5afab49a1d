import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { ByteWriter, type ColumnSource, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import { walkHybrid } from '#src/dataset/parquet-runs.js';
import { readTable } from '#src/dataset/parquet-table.js';
import type { Task, TextBatch, TextRow } from '#src/dataset/task.js';
import { readStruct } from '#src/dataset/thrift-compact.js';
import { collection } from './support/collections.js';

/** A real collection's task, or undefined where the collection is not there. */
async function realTask(t: ExecutionContext, folder: string, task: string): Promise<Task | undefined> {
  const path = collection(t, folder);
  return path === undefined ? undefined : (await openDataset(path, { task }))[0];
}

const temporaryFolder = () => mkdtemp(join(tmpdir(), 'tenbin-'));

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function rowsOf(batches: AsyncIterable<TextBatch>): Promise<TextRow[]> {
  return (await collect(batches)).flatMap(({ rows }) => rows);
}

async function onlyTask(folder: string): Promise<Task> {
  return (await openDataset(folder))[0]!;
}

const strings = (name: string, data: unknown[]): ColumnSource => ({ name, data, type: 'STRING' });

function parquet(...columnData: ColumnSource[]): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** A file with a list column, as candidate configs have it. */
function listParquet(column: string, queryIds: unknown[], lists: unknown[]): Uint8Array {
  const writer = new ByteWriter();
  const string = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;
  const file = new ParquetWriter({
    writer,
    schema: [
      { name: 'root', num_children: 2 },
      { name: 'query-id', ...string },
      { name: column, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', ...string },
    ],
  });
  file.write({
    columnData: [
      { name: 'query-id', data: queryIds },
      { name: column, data: lists },
    ],
  });
  file.finish();
  return writer.getBytes().slice();
}

const twoTexts = parquet(strings('_id', ['a', 'b']), strings('text', ['one', 'two']));

/** A Nano folder with the split `x`; files are replaced or added by their path in it, and left out where null. */
async function nanoFolder(files: Record<string, Uint8Array | null> = {}): Promise<string> {
  const folder = await temporaryFolder();
  const all = {
    'corpus/x.parquet': twoTexts,
    'queries/x.parquet': twoTexts,
    'qrels/x.parquet': parquet(strings('query-id', ['a']), strings('corpus-id', ['b'])),
    ...files,
  };
  for (const [name, content] of Object.entries(all)) if (content) await put(join(folder, name), content);
  return folder;
}

async function beirFolder(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const folder = await temporaryFolder();
  const all = {
    'corpus.jsonl': '{"_id":"d1","title":"","text":" one "}\n{"_id":"d2","title":"Two","text":"words"}\n',
    'queries.jsonl': '{"_id":"q1","text":"first"}\n{"_id":"q2","text":"second"}\n',
    'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq2\td1\t2\n',
    ...files,
  };
  for (const [name, content] of Object.entries(all)) await put(join(folder, name), content);
  return folder;
}

/** The message of the InputError that ends the work, without the folder in front of its paths. */
async function complaint(t: ExecutionContext, folder: string, work: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(work, { name: 'InputError' });
  const message = error?.message ?? '';
  t.true(message.startsWith(folder), message);
  t.false(message.includes('\n'), message);
  return message.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
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

const anyId = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'a\nb\r\nc', '\u{feff}x', '"\t\'', '😀\0'));

test('whatever ids and texts are written come back', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anyId, { minLength: 1, maxLength: 20 }),
      fc.array(anyText, { minLength: 20, maxLength: 20 }),
      fc.uniqueArray(anyId, { maxLength: 20 }),
      async (ids, texts, documentIds) => {
        const folder = await temporaryFolder();
        const entries = ids.map((id, i) => ({ id, text: texts[i]! }));
        const qrels = new Map(ids.map((id) => [id, new Map(documentIds.map((documentId) => [documentId, 1]))]));
        const bm25 = ids.map((queryId) => ({ queryId, documentIds }));
        await writeNanoTask(folder, 'x', { corpus: entries, queries: entries, qrels, candidates: { bm25 } });
        const task = await onlyTask(folder);
        const kept = entries.map((entry, row) => ({ ...entry, row })).filter(({ text }) => text !== '');
        t.deepEqual(await rowsOf(task.corpus()), kept);
        t.deepEqual(await rowsOf(task.queries()), kept);
        t.deepEqual(await task.qrels(), documentIds.length > 0 ? qrels : new Map());
        t.deepEqual(await task.candidateConfigs(), ['bm25']);
        t.deepEqual(await collect(task.candidates('bm25')), bm25);
      },
    ),
    { numRuns: 40 },
  );
});

test('what cannot be written intact is refused, and leaves no task behind', async (t) => {
  const folder = await temporaryFolder();
  const entry = { id: 'a', text: 'one' };
  const content = { corpus: [entry], queries: [entry], qrels: new Map() };
  const write = (change: object, split = 'x') => writeNanoTask(folder, split, { ...content, ...change });
  const corpus = 'corpus/x.parquet';
  t.is(await complaint(t, folder, write({ corpus: [entry, entry] })), `${corpus}: id "a" is repeated`);
  const half = [{ id: 'b', text: 'x\u{d83d}' }];
  t.is(await complaint(t, folder, write({ corpus: half })), `${corpus}: id "b" holds half of a surrogate pair`);
  await t.throwsAsync(write({}, '../x'), { name: 'InputError', message: /^split must be a plain file name/ });
  t.is(
    await complaint(t, folder, openDataset(folder)),
    '.: neither a Nano folder (corpus/, queries/, qrels/) nor a BEIR folder (corpus.jsonl, queries.jsonl, qrels/) ' +
      'nor a TREC folder (docs.jsonl, queries.jsonl or topics.txt, qrels.txt)',
  );
});

test('a large row group is handed out a thousand rows at a time', async (t) => {
  const rows = Array.from({ length: 2500 }, (_, i) => i);
  const long = 'x'.repeat(20_000);
  const ids: ColumnSource = { ...strings('_id', rows.map(String)), encoding: 'PLAIN' };
  const texts: ColumnSource = {
    ...strings(
      'text',
      rows.map((row) => `${row} ${long}`),
    ),
    encoding: 'PLAIN',
  };
  const columnData = [ids, texts];
  const corpus = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: rows.length }));
  const batches = await collect((await onlyTask(await nanoFolder({ 'corpus/x.parquet': corpus }))).corpus());
  t.deepEqual(
    batches.map(({ read }) => read),
    [1000, 1000, 500],
  );
  const read = batches.flatMap((batch) => batch.rows);
  t.true(read.every(({ id, text, row }, i) => row === i && id === `${i}` && text === `${i} ${long}`));
});

test('every encoding and compression that strings come in reads the same', async (t) => {
  const folder = await temporaryFolder();
  const ids = Array.from({ length: 1500 }, (_, i) => `id ${i}`);
  const texts = ids.map((_, i) => (i % 9 === 0 ? null : `text ${i % 40} ${'y'.repeat(i % 70)}`));
  for (const encoding of ['PLAIN', 'RLE_DICTIONARY', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY'] as const) {
    for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP'] as const) {
      const columnData = [strings('_id', ids), strings('text', texts)].map((column) => ({ ...column, encoding }));
      const compressors = { GZIP: (input: Uint8Array) => new Uint8Array(gzipSync(input)) };
      const bytes = parquetWriteBuffer({ columnData, codec, compressors, rowGroupSize: 1200, pageSize: 4000 });
      await put(join(folder, 'x.parquet'), new Uint8Array(bytes));
      const batches = await collect(readTable(join(folder, 'x.parquet'), ['text', '_id']));
      t.deepEqual(
        batches.flatMap(({ columns }) => columns[0]!),
        texts,
        `${encoding} ${codec}`,
      );
      t.deepEqual(
        batches.flatMap(({ columns }) => columns[1]!),
        ids,
        `${encoding} ${codec}`,
      );
    }
  }
});

test('whole numbers are read as decimal text, as HAKARI reads ids', async (t) => {
  const path = join(await temporaryFolder(), 'x.parquet');
  for (const type of ['INT32', 'INT64'] as const) {
    for (const encoding of ['PLAIN', 'RLE_DICTIONARY', 'DELTA_BINARY_PACKED'] as const) {
      await put(path, numbers(type, encoding, 1500));
      const batches = await collect(readTable(path, ['_id', 'text']));
      const column = (i: number) => batches.flatMap(({ columns }) => columns[i]!);
      const expected = Array.from({ length: 1500 }, (_, i) => i);
      const written = (i: number) => String(type === 'INT64' ? BigInt(i) * LARGE : i);
      t.deepEqual(
        column(0),
        expected.map((i) => written(i - 1)),
        `${type} ${encoding}`,
      );
      t.deepEqual(
        column(1),
        expected.map((i) => (i % 7 === 0 ? null : written(i % 5))),
        `${type} ${encoding}`,
      );
    }
  }
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

/** Reads the bytes as a file; true when it was refused by an InputError that names the file, false when it was read. */
async function isRefused(t: ExecutionContext, path: string, bytes: Uint8Array, columns: string[]): Promise<boolean> {
  await writeFile(path, bytes);
  try {
    await collect(readTable(path, columns));
    return false;
  } catch (error) {
    const { name, message } = error as Error;
    t.true(name === 'InputError' && message.startsWith(path) && !message.includes('\n'), `${name}: ${message}`);
    return true;
  }
}

/** A table of `count` rows whose ids are whole numbers (INT64: beyond 32 bits), and whose texts are some of them. */
const LARGE = 10_000_000_019n;

function numbers(type: 'INT32' | 'INT64', encoding: 'PLAIN' | 'RLE_DICTIONARY' | 'DELTA_BINARY_PACKED', count: number) {
  const whole = (i: number) => (type === 'INT64' ? BigInt(i) * LARGE : i);
  const ids = Array.from({ length: count }, (_, i) => whole(i - 1));
  const texts = ids.map((_, i) => (i % 7 === 0 ? null : whole(i % 5)));
  const columnData: ColumnSource[] = [
    { name: '_id', data: ids, type, encoding, nullable: false },
    { name: 'text', data: texts, type, encoding, nullable: true },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, codec: 'UNCOMPRESSED' }));
}

/** Small files of different make: [what, bytes, columns]. */
async function samples(): Promise<[string, Uint8Array, string[]][]> {
  const ids = Array.from({ length: 60 }, (_, i) => `id ${i}`);
  const texts = ids.map((_, i) => (i % 7 === 0 ? null : `text ${i % 5}`));
  const lists = ids.map((_, i) => ids.slice(0, i % 6));
  const columnData = [strings('_id', ids), strings('text', texts)];
  const delta = columnData.map((column) => ({ ...column, encoding: 'DELTA_LENGTH_BYTE_ARRAY' as const }));
  const own: [string, Uint8Array, string[]][] = [
    ['snappy, dictionaries', parquet(...columnData), ['_id', 'text']],
    ['plain lists', listParquet('corpus-ids', ids, lists), ['query-id', 'corpus-ids']],
    ['delta', new Uint8Array(parquetWriteBuffer({ codec: 'UNCOMPRESSED', columnData: delta })), ['_id', 'text']],
    ['numbers', numbers('INT64', 'PLAIN', 60), ['_id', 'text']],
    ['numbers, delta', numbers('INT32', 'DELTA_BINARY_PACKED', 60), ['_id', 'text']],
    ['numbers, dictionary', numbers('INT64', 'RLE_DICTIONARY', 60), ['_id', 'text']],
  ];
  const duckdb = join('../shared/data/nano/NanoMMTEB-v2/qrels/ailastatutes.parquet');
  if (existsSync(duckdb)) own.push(['DuckDB, zstd', await readFile(duckdb), ['query-id', 'corpus-id']]);
  return own;
}

test('a Parquet file that is cut off anywhere is refused', async (t) => {
  const path = join(await temporaryFolder(), 'x.parquet');
  for (const [what, bytes, columns] of await samples()) {
    t.false(await isRefused(t, path, bytes, columns), what);
    for (let length = 0; length < bytes.length; length += length < 20 ? 1 : 11) {
      t.true(await isRefused(t, path, bytes.subarray(0, length), columns), `${what}: ${length} bytes`);
    }
  }
});

test('a footer with any byte changed is read or refused, never a crash', async (t) => {
  const path = join(await temporaryFolder(), 'x.parquet');
  let refused = 0;
  for (const [, bytes, columns] of await samples()) {
    const footer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8).getUint32(0, true) + 8;
    for (let at = bytes.length - footer; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      if (await isRefused(t, path, changed, columns)) refused++;
    }
  }
  t.true(refused > 100, `${refused} refused`);
});

test('a file with any bit changed is read or refused, never a crash', async (t) => {
  const path = join(await temporaryFolder(), 'x.parquet');
  const [[, bytes, columns]] = (await samples()) as [[string, Uint8Array, string[]]];
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const changed = Uint8Array.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    await isRefused(t, path, changed, columns);
  }
});

test('pages with bytes changed, and random bytes, are read or refused, never a crash', async (t) => {
  const path = join(await temporaryFolder(), 'x.parquet');
  const files = await samples();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      async ([, bytes, columns], changes) => {
        const changed = Uint8Array.from(bytes);
        for (const [where, byte] of changes) changed[Math.floor(where * bytes.length)] = byte;
        await isRefused(t, path, changed, columns);
      },
    ),
    { numRuns: 1000 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, framed) => {
      const footer = framed ? Buffer.from([bytes.length, bytes.length >> 8, 0, 0, 0x50, 0x41, 0x52, 0x31]) : [];
      t.true(await isRefused(t, path, Buffer.concat([Buffer.from('PAR1'), bytes, Buffer.from(footer)]), ['_id']));
    }),
    { numRuns: 300 },
  );
});

test('run lengths and list sizes are not believed', (t) => {
  const million = [0x80, 0x89, 0x7a];
  t.throws(() => walkHybrid(Uint8Array.from([...million, 1]), 0, 1, 10, 1), { message: /^run of 1000000 values/ });
  const paddedTo256 = Uint8Array.from([65, ...new Array(32).fill(0)]);
  t.deepEqual(walkHybrid(paddedTo256, 0, 1, 10, 0), { end: 33, matches: 10 }, 'as DuckDB writes the last run');
  t.throws(() => readStruct(Uint8Array.from([0x19, 0xf5, ...million, 0]), 0), { message: /^list of 2000000 / });
  t.throws(() => readStruct(new Uint8Array(100).fill(0x1c), 0), { message: /nested too deep/ });
});

test('the walk over levels counts as a naive encoder wrote them', (t) => {
  const run = fc.oneof(
    fc.record({ kind: fc.constant('repeated'), values: fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 300 })) }),
    fc.record({ kind: fc.constant('packed'), values: fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }) }),
  );
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 8 }), fc.nat(3), (runs, wanted) => {
      const levels: number[] = [];
      const bytes: number[] = [];
      for (const { kind, values } of runs) {
        if (kind === 'repeated') {
          const [value, count] = values as [number, number];
          const header = count << 1;
          if (header < 128) bytes.push(header, value);
          else bytes.push((header & 127) | 128, header >> 7, value);
          for (let i = 0; i < count; i++) levels.push(value);
        } else {
          const bits = values.reduce((all, value, i) => all | (value << (2 * i)), 0);
          bytes.push(3, bits & 255, bits >> 8);
          levels.push(...values);
        }
      }
      const walk = walkHybrid(Uint8Array.from(bytes), 0, 2, levels.length, wanted);
      t.deepEqual(walk, { end: bytes.length, matches: levels.filter((level) => level === wanted).length });
    }),
  );
});

test('a file beyond the limits is refused before it is read', async (t) => {
  const path = join(await temporaryFolder(), 'x.parquet');
  const bytes = async (change: (file: ParquetWriter) => void) => {
    const writer = new ByteWriter();
    const string = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;
    const file = new ParquetWriter({
      writer,
      schema: [
        { name: 'root', num_children: 1 },
        { name: '_id', ...string },
      ],
    });
    file.write({ columnData: [{ name: '_id', data: ['a'] }] });
    change(file);
    file.finish();
    await writeFile(path, writer.getBytes());
  };
  const told = async () => (await t.throwsAsync(collect(readTable(path, ['_id'])), { name: 'InputError' }))?.message;
  await bytes((file) => {
    file.row_groups[0]!.num_rows = 60_000_000n;
    file.num_rows = 60_000_000n;
  });
  t.is(await told(), `${path}: 60000000 rows, more than the 16777216 that are allowed`);
  await writeFile(path, parquet(strings('_id', ['x'.repeat((1 << 26) + 1)])));
  t.regex((await told()) ?? '', /a string of 67108865 bytes, more than the 67108864 that are allowed/);
});
