import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import type { AuditMatch, AuditOptions, AuditResult } from '#src/audit/audit-options.js';
import { auditTraining } from '#src/audit/audit-training.js';
import { jsonTexts } from '#src/audit/json-texts.js';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { scratch } from './support/collections.js';
import { tenbin } from './support/tenbin.js';
import { randomOf } from './support/vectors.js';

const random = randomOf(77);
const prose = (count: number) =>
  Array.from({ length: count }, () => `w${Math.floor(random() * 20_000).toString(36)}`).join(' ');

/** Two tasks of one query and two documents each, and the data they were made from. */
async function makeSources() {
  const folder = await scratch();
  const dataset = join(folder, 'Made');
  const [query, twin, document] = [prose(9), prose(10), prose(40)];
  for (const split of ['one', 'two']) {
    await writeNanoTask(dataset, split, {
      corpus: [
        { id: 'd1', text: split === 'one' ? document : prose(40) },
        { id: 'd2', text: prose(40) },
      ],
      queries: [{ id: 'q', text: split === 'one' ? query : twin }],
      qrels: new Map([['q', new Map([['d1', 1]])]]),
    });
  }
  const answers = Array.from({ length: 5 }, () => prose(15));
  const rows = [
    { question: query.toUpperCase(), context: answers[0]!, label: 'yes' },
    { question: prose(9), context: answers[1]!, label: 'no' },
    { question: answers[2]!, context: `${prose(60)} ${document} ${prose(60)}`, label: 'yes' },
    { question: twin, context: answers[3]!, label: 'yes' },
    { question: query, context: answers[0]!, label: 'yes' },
  ];
  return { folder, dataset, rows, answers };
}

/** The rows in each format that has fields. */
async function writeSources(folder: string, rows: readonly { question: string; context: string; label: string }[]) {
  const names = ['question', 'context', 'label'] as const;
  const table = (separator: string, quoted: (text: string) => string) =>
    [names.join(separator), ...rows.map((row) => names.map((name) => quoted(row[name])).join(separator)), ''].join(
      '\n',
    );
  const parquet = new ByteWriter();
  parquetWrite({
    writer: parquet,
    columnData: names.map((name) => ({ name, data: rows.map((row) => row[name]), type: 'STRING' as const })),
  });
  const files = {
    'orig.jsonl': rows
      .map(({ question, ...rest }) => `${JSON.stringify({ turns: [{ question }], ...rest })}\n`)
      .join(''),
    'orig.csv': table(',', (text) => `"${text}"`),
    'orig.tsv': table('\t', (text) => text),
    'orig.parquet': Buffer.from(parquet.getBuffer()),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return Object.keys(files);
}

async function audit(file: string, dataset: string, options: AuditOptions) {
  const matches: AuditMatch[] = [];
  const result = await auditTraining([file], dataset, { ...options, onMatch: (match) => void matches.push(match) });
  return { result, matches };
}

test('what else stands in the rows that a task was made from is found, in every format', async (t) => {
  const { folder, dataset, rows, answers } = await makeSources();
  const train = join(folder, 'train.jsonl');
  await writeFile(train, [...answers, 'yes', 'no'].map((text) => `${JSON.stringify({ text })}\n`).join(''));
  t.is((await audit(train, dataset, {})).matches.length, 0);
  for (const name of await writeSources(folder, rows)) {
    const source = join(folder, name);
    const line = (row: number) => {
      if (name.endsWith('parquet')) return `${source}: row ${row}`;
      return `${source}:${row + (name.endsWith('jsonl') ? 1 : 2)}`;
    };
    const { result, matches } = await audit(train, dataset, { sources: [source] });
    t.deepEqual(
      matches
        .filter(({ kind }) => kind !== 'short')
        .map(({ line, task, role, id, kind }) => [line, task, role, id, kind]),
      [
        [1, 'one', 'source', `${line(0)} context`, 'exact'],
        [3, 'one', 'source', `${line(2)} ${name.endsWith('jsonl') ? 'turns[0].question' : 'question'}`, 'exact'],
        [4, 'two', 'source', `${line(3)} context`, 'exact'],
      ],
      name,
    );
    // A label is a text as well, but a short one.
    t.true(
      matches.some(({ kind, line, id }) => kind === 'short' && line === 6 && id === `${line6(source, name)} label`),
    );
    t.is(result.overlappingRows, 3);
    t.deepEqual(result.sources, [{ file: source, rows: name.endsWith('sv') ? 6 : 5, sourceRows: 4 }]);
    const [one, two] = result.tasks;
    // A context with the document in it is source text too; the query itself is not.
    t.deepEqual(one!.overlap.source, { total: 4, exact: 2, short: 1, near: 0, contained: 0 });
    t.deepEqual(two!.overlap.source, { total: 2, exact: 1, short: 1, near: 0, contained: 0 });
    t.is(one!.overlap.query.exact, 0);
  }
});

function line6(source: string, name: string): string {
  if (name.endsWith('parquet')) return `${source}: row 0`;
  return `${source}:${name.endsWith('jsonl') ? 1 : 2}`;
}

test('strings of JSON are called as the core calls them, however deep', async (t) => {
  const { folder, dataset, rows } = await makeSources();
  const planted = rows[0]!.question;
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(planted),
      fc.constantFrom('other', 7, null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b.c', '0', 'é'), tie('value'), { maxKeys: 3 }),
    ),
  }));
  const values = fc.sample(fc.dictionary(fc.constantFrom('a', 'x'), value, { minKeys: 1 }), { numRuns: 400, seed: 5 });
  const file = join(folder, 'deep.jsonl');
  await writeFile(file, values.map((each) => `${JSON.stringify(each)}\n`).join(''));
  for (const fields of [undefined, ['x']]) {
    const { matches } = await audit(file, dataset, { fields });
    const found = new Map(matches.map(({ line, field }) => [line! - 1, field]));
    let held = 0;
    for (const [i, each] of values.entries()) {
      const mine = jsonTexts(each, fields).filter(({ text }) => text === planted);
      if (mine.length > 0) held++;
      t.is(mine.length > 0, found.has(i), JSON.stringify(each));
      if (mine.length > 0)
        t.true(
          mine.some(({ field }) => field === found.get(i)),
          JSON.stringify(each),
        );
    }
    t.true(held > 20, `${held}`);
  }
  const deep = `${'[ '.repeat(20_000)}"x"${' ]'.repeat(20_000)}`;
  t.is(jsonTexts(JSON.parse(deep), undefined)[0]?.text, 'x');
});

test('fields of sources are their own, and what is wrong with them is told before the dataset is read', async (t) => {
  const { folder, dataset, rows, answers } = await makeSources();
  await writeSources(folder, rows);
  const train = join(folder, 'train.txt');
  await writeFile(train, `${answers.join('\n')}\n`);
  const source = join(folder, 'orig.parquet');
  const sources = [source];
  const { result } = await audit(train, dataset, { sources, sourceFields: ['question'] });
  t.is(result.overlappingRows, 0);
  t.deepEqual(result.sources, [{ file: source, rows: 5, sourceRows: 3 }]);
  const nested = await audit(train, dataset, { sources: [join(folder, 'orig.jsonl')], sourceFields: ['context'] });
  t.deepEqual(
    nested.matches.map(({ line }) => line),
    [],
  );
  await t.throwsAsync(audit(train, 'no-such-dataset', { sources: [join(folder, 'none.csv')] }), {
    message: /none\.csv: no such file$/,
  });
  await t.throwsAsync(audit(train, 'no-such-dataset', { sources: [join(folder, 'orig.doc')] }), {
    message: /orig\.doc: "\.doc" tells no format/,
  });
  await t.throwsAsync(
    audit(train, dataset, { sources: [train], fix: train.replace('train', 'other'), sourceFields: ['a'] }),
    {
      message: /train\.txt: plain text has no fields$/,
    },
  );
  await t.throwsAsync(audit(train, dataset, { sourceFields: ['a'] }), { message: /^sourceFields must be left out/ });
  await t.throwsAsync(audit(train, dataset, { sources: [] }), { message: /^sources must be a list of paths/ });
});

test('the command tells of source rows, and writes over none of its inputs', async (t) => {
  const { folder, dataset, rows, answers } = await makeSources();
  await writeSources(folder, rows);
  const train = join(folder, 'train.jsonl');
  const content = `${JSON.stringify({ text: answers[0] })}\n${JSON.stringify({ text: answers[1] })}\n`;
  await writeFile(train, content);
  const source = join(folder, 'orig.csv');
  const fix = join(folder, 'fixed.jsonl');
  const args = ['audit', '--train', train, '--dataset', dataset, '--source', source];
  const found = await tenbin([...args, '--fix', fix]);
  t.is(found.code, 3, found.stderr);
  t.regex(found.stdout, /train\.jsonl:1 text: exact, source ".*orig\.csv:2 context" of Made\/one/);
  t.regex(found.stdout, /source texts *│ +4 │ +1 /);
  t.regex(found.stdout, /orig\.csv: 4 of 6 rows hold a query or document$/m);
  t.is(await readFile(fix, 'utf8'), content.split('\n').slice(1).join('\n'));
  const json = JSON.parse((await tenbin([...args, '--json'])).stdout) as AuditResult;
  t.like(json.sources, [{ rows: 6, sourceRows: 4 }]);
  for (const [bad, message] of [
    [['--report', train], /train\.jsonl: would replace the training file itself$/m],
    [['--report', source], /orig\.csv: would replace a file of sources$/m],
    [['--fix', source], /orig\.csv: would replace a file of sources$/m],
    [['--fix', fix, '--report', fix], /fixed\.jsonl: --report and --fix would both be written there$/m],
  ] as const) {
    const { code, stderr } = await tenbin([...args, ...bad]);
    t.is(code, 1);
    t.regex(stderr, message);
  }
  t.is(await readFile(train, 'utf8'), content);
});
