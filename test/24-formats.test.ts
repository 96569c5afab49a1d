import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { readDelimited } from '#src/dataset/delimited.js';
import { type OpenOptions, openDataset } from '#src/dataset/open-dataset.js';
import type { Task, TextBatch, TextRow } from '#src/dataset/task.js';
import { evaluate } from '#src/evaluation/evaluate.js';
import { renderTable } from '#src/report/table.js';
import type { TaskResult } from '#src/results/task-result.js';
import { scratch } from './support/collections.js';
import { Dice } from './support/mutate.js';

async function folderOf(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await scratch();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function rowsOf(batches: AsyncIterable<TextBatch>): Promise<TextRow[]> {
  return (await collect(batches)).flatMap(({ rows }) => rows);
}

async function only(path: string, options: OpenOptions = {}): Promise<Task> {
  return (await openDataset(path, options))[0]!;
}

/** The message of the InputError that ends the reading of a folder with these files. */
async function complaint(t: ExecutionContext, files: Record<string, string>, name = ''): Promise<string> {
  const folder = await folderOf(files);
  const read = async () => {
    const task = await only(join(folder, name));
    await Promise.all([collect(task.corpus()), task.qrels()]);
    await collect(task.queries());
  };
  const message = (await t.throwsAsync(read, { name: 'InputError' }))?.message ?? '';
  t.true(message.startsWith(folder) && !message.includes('\n'), message);
  return message.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
}

const docs = '{"doc_id":"d1","title":"One","text":"first"}\n{"doc_id":"d2","text":" second "}\n';
const topics = `
<top>
<num> Number: 301
<title> Topic: International
Organized Crime

<desc> Description:
Identify organizations.
</top>
<top>
<num> Number: 302 </num>
<title>Polio</title>
</top>
`;

test('ir_datasets exports are read: JSON Lines or tabs, with .gz or without', async (t) => {
  const queries = [{ id: 'q2', text: 'two words', row: 1 }];
  const layouts: Record<string, string | Uint8Array>[] = [
    {
      'docs.jsonl': docs,
      'queries.jsonl': '{"query_id":"q1","text":"x"}\n{"query_id":"q2","text":"two words"}\n',
      'qrels.trec': 'q2 0 d1 2\nq2 0 d2 0\n',
    },
    {
      'docs.tsv.gz': gzipSync('d1\tOne\tfirst\nd2\t second \n'),
      'queries.tsv': 'q1\tx\nq2\ttwo words\n',
      'qrels.gz': gzipSync('q2 0 d1 2\nq2 0 d2 0\n'),
    },
  ];
  for (const files of layouts) {
    const task = await only(await folderOf(files));
    t.like(task, { format: 'trec', name: 'test' });
    t.deepEqual(await rowsOf(task.corpus()), [
      { id: 'd1', text: 'One first', row: 0 },
      { id: 'd2', text: ' second ', row: 1 },
    ]);
    t.deepEqual(await rowsOf(task.queries()), queries);
    t.deepEqual(
      [...(await task.qrels()).get('q2')!],
      [
        ['d1', 2],
        ['d2', 0],
      ],
    );
  }
});

test('classic topics give number and title', async (t) => {
  const folder = await folderOf({
    'docs.jsonl': docs,
    'topics.txt': topics,
    'qrels.dev.txt': '301 0 d1 1\n302 0 d2 1\n',
  });
  const task = await only(folder);
  t.is(task.name, 'dev');
  t.deepEqual(await rowsOf(task.queries()), [
    { id: '301', text: 'International Organized Crime', row: 0 },
    { id: '302', text: 'Polio', row: 1 },
  ]);
});

test('a bad TREC folder is an error that names what is wrong', async (t) => {
  const good = { 'docs.jsonl': docs, 'queries.tsv': 'q\tx\n', 'qrels.txt': 'q 0 d1 1\n' };
  const told = (change: Record<string, string>) => complaint(t, { ...good, ...change });
  t.is(
    await complaint(t, { 'docs.tsv': 'd\tx' }),
    '.: no queries or topics (.jsonl, .tsv, .txt, .trec) beside docs.tsv',
  );
  t.is(await told({ 'docs.tsv': 'd\tx' }), '.: docs.jsonl and docs.tsv are both there; which is meant?');
  t.is(await told({ 'qrels.test.trec': 'q 0 d1 1\n' }), '.: qrels.test.trec and qrels.txt are both judgements of test');
  t.is(
    await told({ 'docs.jsonl': '{"text":"x"}' }),
    'docs.jsonl:1: none of the fields doc_id, docid, docno, id, _id is there, only "text"',
  );
  t.is(await told({ 'docs.jsonl': docs + docs }), 'docs.jsonl:3: document id "d1" is already in line 1');
  t.is(
    await told({ 'queries.tsv': 'q\tx\ty\n' }),
    'queries.tsv:1: expected id and text with tabs between, got 3 fields',
  );
  const { 'queries.tsv': _, ...bare } = good;
  for (const [written, message] of [
    ['<top>\n<num> 1\n<title> x\n', 'topics.txt:1: <top> is not closed'],
    ['<top>\n<title> x\n</top>\n', 'topics.txt:1: a topic without <num>'],
    ['<top>\n<num> 7\n</top>\n', 'topics.txt:1: topic 7 has no <title>'],
    ['\n7 words\n', 'topics.txt:2: expected <top> on a line of its own'],
    ['', 'topics.txt: holds no <top>'],
  ] as const) {
    t.is(await complaint(t, { ...bare, 'topics.txt': written }), message);
  }
});

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 24);

test('a file of pairs is a task whose ids are of the texts where none are given', async (t) => {
  const files = {
    'a.jsonl': '{"query":"q","positive":["one, two","3 \\"x\\""]}\n{"query":"r","positive":"one, two"}\n',
    'a.csv': 'query,positive\r\nq,"one, two"\r\nq,"3 ""x"""\r\nr,"one, two"\r\n',
    'a.tsv.gz': gzipSync('query\tpositive\nq\tone, two\nq\t3 "x"\nr\tone, two\n'),
  };
  const folder = await folderOf(files);
  for (const name of Object.keys(files)) {
    const task = await only(join(folder, name));
    t.like(task, { group: 'a', name: 'pairs', format: 'pairs' });
    const documents = ['one, two', '3 "x"'].map((text, row) => ({ id: digest(text), text, row }));
    t.deepEqual(await rowsOf(task.corpus()), documents, name);
    const queries = ['q', 'r'].map((text, row) => ({ id: digest(text), text, row }));
    t.deepEqual(await rowsOf(task.queries()), queries, name);
    const found = [...(await task.qrels())].map(([id, judged]) => [id, [...judged.keys()]]);
    t.deepEqual(found, [
      [digest('q'), documents.map(({ id }) => id)],
      [digest('r'), [digest('one, two')]],
    ]);
  }
  const given = await folderOf({ 'b.csv': 'query_id,doc_id,question,passage\n1,x,a,b\n1,y,a,c\n' });
  const task = await only(join(given, 'b.csv'), { name: 'mine' });
  t.is(task.group, 'mine');
  t.deepEqual([...(await task.qrels()).get('1')!.keys()], ['x', 'y']);
});

test('a bad file of pairs is an error that names file and line', async (t) => {
  const csv = (content: string) => complaint(t, { 'a.csv': content }, 'a.csv');
  t.is(await csv(''), 'a.csv: holds no pair');
  t.is(await csv('text,query\n'), 'a.csv: holds no pair');
  t.is(await csv('a,b\n1,2\n'), 'a.csv:1: no field query, question, anchor; fields are "a", "b"');
  t.is(await csv('query,positive\na\n'), 'a.csv:2: 1 fields where the first line has 2');
  t.is(await csv('query,positive\n\na,"b\nc\n'), 'a.csv:3: a quote is not closed');
  t.is(await csv('query,positive\na,"b"c""\n'), 'a.csv:2: text behind a closing quote');
  t.is(await csv('query,positive\na,b"c"\n'), 'a.csv:2: a quote within a field without quotes');
  const told = await csv('query_id,query,positive\n1,a,x\n1,b,x\n');
  t.is(told, 'a.csv:3: query id "1" has another text further up');
});

test('comma-separated values come back as they were written', async (t) => {
  const path = join(await scratch(), 'x.csv');
  const field = fc
    .array(fc.constantFrom('a', '"', ',', '\n', ' ', 'é', '\t'), { maxLength: 6 })
    .map((all) => all.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 }), async (records) => {
      const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
      await writeFile(path, records.map((fields) => `${fields.map(quoted).join(',')}\n`).join(''));
      t.deepEqual(
        (await collect(readDelimited(path, ','))).map(({ fields }) => fields),
        records,
      );
    }),
    { numRuns: 50 },
  );
});

test('quotes, line ends and blocks fall where they may: a table of many megabytes comes back', async (t) => {
  const path = join(await scratch(), 'x.csv');
  const dice = new Dice(24);
  const piece = () => ['a', '""', ',', '\n', '\r\n', 'é', 'word '][dice.below(7)]!;
  const records = Array.from({ length: 1500 }, () => [
    Array.from({ length: dice.below(3000) }, piece).join(''),
    `plain ${dice.below(1000)}`,
    Array.from({ length: 1 + dice.below(3000) }, piece).join(''),
  ]);
  // One that is longer than a block of 4 MiB.
  records[700]![2] = `${'""\n'.repeat(2_000_000)}end`;
  const written = records.map(
    ([first, plain, last], i) => `"${first}",${plain},"${last}"${i % 2 === 0 ? '\r\n' : '\n\n'}`,
  );
  await writeFile(path, written.join(''));
  let line = 1;
  let i = 0;
  for await (const record of readDelimited(path, ',')) {
    t.is(record.line, line);
    t.true(
      record.fields.length === 3 && record.fields.every((field, j) => field === records[i]![j]!.replaceAll('""', '"')),
    );
    line += written[i]!.split('\n').length - 1;
    i++;
  }
  t.is(i, records.length);
});

test('lines of a table that are blank, quoted or not UTF-8 are told apart', async (t) => {
  const path = join(await scratch(), 'x.csv');
  const read = async (content: string | Uint8Array) => {
    await writeFile(path, content);
    return (await collect(readDelimited(path, ','))).map(({ line, fields }) => [line, ...fields]);
  };
  t.deepEqual(await read('\ufeff\r\na\n\n""\n\r\n"",\r\n"b"'), [
    [2, 'a'],
    [4, ''],
    [6, '', ''],
    [7, 'b'],
  ]);
  t.deepEqual(await read('\ufeff'), []);
  t.deepEqual(await read(''), []);
  await t.throwsAsync(read(Buffer.from([0x61, 0x0a, 0x62, 0xff, 0x0a])), { message: /x\.csv:2: not UTF-8$/ });
  await t.throwsAsync(read('a\n"b\n\nc'), { message: /x\.csv:2: a quote is not closed$/ });
  await t.throwsAsync(read('a\n"b\n" c'), { message: /x\.csv:3: text behind a closing quote$/ });
});

const beir = {
  'corpus.jsonl': '{"_id":"d1","text":"one"}\n',
  'queries.jsonl': '{"_id":"q1","text":"first"}\n',
  'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1\n',
};

test('BEIR judgements may end in blank lines, be written 1.0, and be gzipped; the only split is taken', async (t) => {
  const { 'qrels/test.tsv': _, ...bare } = beir;
  const written = 'query-id\tcorpus-id\tscore\nq1\td1\t2.0\n\n\r\n';
  const task = await only(await folderOf({ ...bare, 'qrels/dev.tsv.gz': gzipSync(written) }));
  t.is(task.name, 'dev');
  t.is((await task.qrels()).get('q1')?.get('d1'), 2);
  const told = await complaint(t, { ...beir, 'qrels/test.tsv': 'a\tb\tc\nq1\td1\t1\n\nq1\td2\t1\n' });
  t.is(told, 'qrels/test.tsv:3: expected 3 fields, got a blank line');
});

test('a name given to a folder is its group', async (t) => {
  const folder = await folderOf(beir);
  t.is((await only(folder, { name: 'other' })).group, 'other');
  await t.throwsAsync(only(folder, { name: 'a/b' }), {
    name: 'InputError',
    message: /^name must be a plain file name/,
  });
});

async function resultOf(files: Record<string, string>): Promise<TaskResult> {
  const tasks = await openDataset(await folderOf(files));
  for await (const outcome of evaluate(tasks, { profiles: [{ name: 'bm25' }], lexical: { analyzer: 'regex' } })) {
    if ('error' in outcome) throw outcome.error;
    return outcome;
  }
  throw new Error('no result');
}

test('what judgements name and is not there is remarked on, as is an empty corpus', async (t) => {
  const qrels = 'query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\tgone\t1\nq1\tlost\t0\nq9\td1\t1\n';
  const result = await resultOf({ ...beir, 'qrels/test.tsv': qrels });
  t.like(result.counts, { positivesWithoutDocument: 1, judgedWithoutQuery: 1 });
  const remarks = [
    '1 positive judgements name documents that are not in the corpus',
    '1 judged queries are not among the queries',
  ];
  t.deepEqual(result.remarks, remarks);
  for (const remark of remarks) t.true(renderTable([{ result }]).includes(`test: ${remark}.`));
  t.is((await resultOf(beir)).remarks, undefined);
  const empty = await resultOf({ ...beir, 'corpus.jsonl': '' });
  t.true(empty.remarks?.includes('the corpus has no documents'));
});
