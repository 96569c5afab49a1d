import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import type { AuditMatch, AuditOptions, AuditResult } from '#src/audit/audit-options.js';
import { auditTraining } from '#src/audit/audit-training.js';
import { InputError } from '#src/common/errors.js';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { collection, scratch } from './support/collections.js';
import { tenbin } from './support/tenbin.js';
import { randomOf } from './support/vectors.js';

type Random = () => number;

const han = (random: Random, count: number) =>
  Array.from({ length: count }, () => String.fromCodePoint(0x4e00 + Math.floor(random() * 3000))).join('');
const prose = (random: Random, count: number) =>
  Array.from({ length: count }, () => `w${Math.floor(random() ** 3 * 20_000).toString(36)}`).join(' ');

/** A Nano folder with English and Chinese documents and queries, in two tasks. */
async function makeDataset() {
  const random = randomOf(50);
  const folder = join(await scratch(), 'Planted');
  const tasks = { en: prose, zh: (r: Random, count: number) => han(r, count * 2) };
  const texts = new Map<string, string>();
  for (const [split, make] of Object.entries(tasks)) {
    const corpus = Array.from({ length: 120 }, (_, i) => ({
      id: `${split}-d${i}`,
      text: make(random, 60 + (i % 7) * 20),
    }));
    const queries = Array.from({ length: 40 }, (_, i) => ({ id: `${split}-q${i}`, text: make(random, 9 + (i % 5)) }));
    queries.push({ id: `${split}-short`, text: split === 'en' ? 'Climate change' : '气候变化' });
    const qrels = new Map(queries.map(({ id }, i) => [id, new Map([[`${split}-d${i}`, 1]])]));
    await writeNanoTask(folder, split, { corpus, queries, qrels });
    for (const { id, text } of [...corpus, ...queries]) texts.set(id, text);
  }
  return { folder, texts };
}

const dataset = makeDataset();

async function audit(files: readonly string[], options: AuditOptions = {}) {
  const matches: AuditMatch[] = [];
  const { folder } = await dataset;
  const result = await auditTraining(files, folder, { ...options, onMatch: (match) => void matches.push(match) });
  return { result, matches };
}

async function writeRows(name: string, rows: readonly unknown[]): Promise<string> {
  const file = join(await scratch(), name);
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return file;
}

const summary = ({ line, role, id, kind }: AuditMatch) => ({ line, role, id, kind });

/** Replaces a part of the words, or of the pairs of Chinese characters, by others. */
function paraphrase(random: Random, text: string, part: number): string {
  const spaced = text.includes(' ');
  const pieces = spaced ? text.split(' ') : text.match(/..?/gsu)!;
  const count = Math.round(pieces.length * part);
  const at = new Set<number>();
  while (at.size < count) at.add(Math.floor(random() * pieces.length));
  return pieces
    .map((piece, i) => (at.has(i) ? (spaced ? `other${i}` : han(random, 2)) : piece))
    .join(spaced ? ' ' : '');
}

test('copies are found as what they are, and clean rows are not', async (t) => {
  const random = randomOf(1);
  const { texts } = await dataset;
  const rows: { text: string }[] = [];
  const planted: { line: number; id: string; kind: string }[] = [];
  const clean = () => rows.push({ text: random() < 0.5 ? prose(random, 80) : han(random, 160) });
  const plant = (id: string, text: string, kind: string) => {
    clean();
    rows.push({ text });
    planted.push({ line: rows.length, id, kind });
  };
  for (const [id, text] of texts) {
    if (id.endsWith('short')) plant(id, `“${text}” !`, 'short');
    else {
      plant(id, text, 'exact');
      plant(
        id,
        id.startsWith('en') ? text.toUpperCase().replaceAll(' ', ', ') : text.replace(/../gsu, '$&、 '),
        'exact',
      );
    }
    if (!id.includes('-d')) continue;
    plant(id, `${text.slice(0, text.length / 2)}`, 'contained');
    plant(id, `${prose(random, 400)} ${text} ${han(random, 400)}`, 'contained');
  }
  const { result, matches } = await audit([await writeRows('train.jsonl', rows)]);
  const key = ({ line, id, kind }: { line?: number | undefined; id: string; kind: string }) => `${line} ${id} ${kind}`;
  const expected = new Set(planted.map(key));
  const found = new Set(matches.map(key));
  t.deepEqual(
    [...expected].filter((one) => !found.has(one)),
    [],
  );
  t.deepEqual(
    [...found].filter((one) => !expected.has(one)),
    [],
  );
  t.is(result.rows, rows.length);
  t.is(result.overlappingRows, planted.filter(({ kind }) => kind !== 'short').length);
  const [en] = result.tasks;
  t.like(en, { group: 'Planted', task: 'en' });
  t.deepEqual(en?.overlap, {
    query: { total: 41, exact: 40, short: 1, near: 0, contained: 0 },
    positive: { total: 41, exact: 41, short: 0, near: 0, contained: 0 },
    document: { total: 79, exact: 79, short: 0, near: 0, contained: 0 },
    source: { total: 0, exact: 0, short: 0, near: 0, contained: 0 },
  });
});

test('lightly paraphrased copies are found', async (t) => {
  const { texts } = await dataset;
  // What share of copies with so many words replaced must be found, and in that number no other text.
  const expected = {
    en: { 0.1: 0.99, 0.15: 0.97, 0.2: 0.95 },
    zh: { 0.1: 0.99, 0.15: 0.95, 0.2: 0.85 },
  };
  for (const [language, recalls] of Object.entries(expected)) {
    for (const [part, recall] of Object.entries(recalls)) {
      const random = randomOf(2);
      const originals = [...texts].filter(([id]) => id.startsWith(language) && !id.endsWith('short'));
      const rows = originals.map(([, text]) => ({ text: paraphrase(random, text, Number(part)) }));
      const { matches } = await audit([await writeRows('train.jsonl', rows)]);
      const found = matches.filter(({ line, id }) => originals[line! - 1]![0] === id);
      t.is(found.length, matches.length, 'precision');
      t.log(`${language}, ${part} replaced: ${found.length} of ${rows.length}`);
      t.true(found.length >= recall * rows.length);
    }
  }
});

test('real text: paraphrased copies of SciFact are found, and Cranfield is not taken for it', async (t) => {
  const scifact = collection(t, 'beir/scifact');
  const cranfield = collection(t, 'beir/cranfield');
  if (scifact === undefined || cranfield === undefined) return;
  const random = randomOf(3);
  const lines = (await readFile(join(scifact, 'corpus.jsonl'), 'utf8')).trim().split('\n').slice(0, 1000);
  const rows = lines.map((line) => {
    const { title, text } = JSON.parse(line) as { title: string; text: string };
    return { passage: paraphrase(random, `${title} ${text}`, 0.15) };
  });
  const found = new Set<number>();
  const train = await writeRows('train.jsonl', rows);
  const onMatch = ({ line, id }: AuditMatch) => {
    if (id === (JSON.parse(lines[line! - 1]!) as { _id: string })._id) found.add(line!);
  };
  await auditTraining([train], scifact, { onMatch });
  t.true(found.size >= 990, `${found.size} of 1000`);
  const other = await auditTraining([join(cranfield, 'corpus.jsonl')], scifact);
  t.is(other.overlappingRows, 0);
});

test('every format says where the text stands, and is written again without it', async (t) => {
  const { texts } = await dataset;
  const random = randomOf(4);
  const planted = texts.get('en-d3')!;
  const chinese = texts.get('zh-d5')!;
  const clean = Array.from({ length: 6 }, () => prose(random, 30));
  const json = (fields: unknown) => JSON.stringify(fields);
  const cases = {
    'a.jsonl': {
      rows: [
        json({ q: clean[0], positive: [clean[1]] }),
        '',
        json({ q: clean[2], negatives: [{ text: 'no' }, { text: planted }] }).replace('no', 'n\\u006f'),
        json(chinese),
        ` ${json([1, null, { '2': clean[3] }])}\r`,
      ],
      found: [
        { line: 3, field: 'negatives[1].text', id: 'en-d3' },
        { line: 4, field: undefined, id: 'zh-d5' },
      ],
      count: 5,
    },
    'a.txt': {
      rows: [clean[0]!, `${planted}\r`, '', chinese, clean[1]!],
      found: [
        { line: 2, field: undefined, id: 'en-d3' },
        { line: 4, field: undefined, id: 'zh-d5' },
      ],
      count: 5,
    },
    'a.csv': {
      rows: [
        'query,"the ""text"""',
        `${clean[0]},"${clean[1]}\n""${clean[2]}, end"`,
        `"${planted.replace(' ', '\n')}",\r`,
        `x,"${chinese}"`,
        `${clean[3]},`,
      ],
      found: [
        { line: 4, field: 'query', id: 'en-d3' },
        { line: 6, field: 'the "text"', id: 'zh-d5' },
      ],
      dropped: [2, 3],
      count: 5,
    },
    'a.tsv': {
      rows: ['q\tp', `"${clean[0]}\t${clean[1]}`, `${clean[2]}\t${planted}`, `${chinese}\t"`, `${clean[3]}\t`],
      found: [
        { line: 3, field: 'p', id: 'en-d3' },
        { line: 4, field: 'q', id: 'zh-d5' },
      ],
      count: 5,
    },
  };
  for (const [name, { rows, found, count, ...rest }] of Object.entries(cases)) {
    const dropped = 'dropped' in rest ? rest.dropped : found.map(({ line }) => line - 1);
    const kept = rows.filter((_, i) => !dropped.includes(i));
    for (const [suffix, mark, end] of [
      ['', '', '\n'],
      ['', '\ufeff', ''],
      ['.gz', '', '\n'],
    ] as const) {
      const folder = await scratch();
      const file = join(folder, name + suffix);
      const fix = join(folder, `fixed-${name}${suffix}`);
      const content = Buffer.from(mark + rows.join('\n') + end);
      await writeFile(file, suffix === '.gz' ? gzipSync(content) : content);
      const { result, matches } = await audit([file], { fix });
      t.deepEqual(
        matches.map(({ line, field, id }) => ({ line: line!, field, id })),
        found,
        name,
      );
      t.like(result, { rows: count, overlappingRows: 2, overlap: true });
      const written = await readFile(fix);
      const text = (suffix === '.gz' ? gunzipSync(written) : written).toString('utf8');
      t.is(text, mark + kept.join('\n') + end, name);
      // And what was written is clean.
      t.false((await audit([fix], { format: undefined })).result.overlap);
    }
  }
});

test('paragraphs and columns of Parquet', async (t) => {
  const { texts } = await dataset;
  const random = randomOf(5);
  const planted = texts.get('en-d3')!;
  const clean = Array.from({ length: 3 }, () => prose(random, 30));
  const folder = await scratch();
  const text = join(folder, 'a.txt');
  const broken = planted.replaceAll(' w', '\nw');
  await writeFile(text, `\n${clean[0]}\n${clean[1]}\n \t\n\n${broken}\n\n${clean[2]}`);
  const fix = join(folder, 'fixed.txt');
  const { matches } = await audit([text], { format: 'paragraphs', fix });
  t.deepEqual(matches.map(summary), [{ line: 6, role: 'positive', id: 'en-d3', kind: 'exact' }]);
  t.is(await readFile(fix, 'utf8'), `\n${clean[0]}\n${clean[1]}\n \t\n\n${clean[2]}`);

  const parquet = join(folder, 'a.parquet');
  const bytes = new ByteWriter();
  const columnData = [
    { name: 'n', data: [1, 2.5, 3], type: 'DOUBLE' as const },
    { name: 'query', data: [clean[0], null, clean[1]], type: 'STRING' as const },
    { name: 'answer', data: [clean[2], 'a', planted], type: 'STRING' as const },
  ];
  parquetWrite({ writer: bytes, columnData });
  await writeFile(parquet, Buffer.from(bytes.getBuffer()));
  const { result, matches: inTable } = await audit([parquet]);
  t.is(result.rows, 3);
  t.like(inTable, { length: 1, 0: { row: 2, field: 'answer', id: 'en-d3', kind: 'exact' } });
  t.false((await audit([parquet], { fields: ['query'] })).result.overlap);
  await t.throwsAsync(audit([parquet], { fields: ['no'] }), {
    instanceOf: InputError,
    message: /no column no; columns are/,
  });
  await t.throwsAsync(audit([parquet], { fix: join(folder, 'b.parquet') }), {
    message: /a\.parquet: Parquet is not written again; leave out the rows of a report/,
  });
});

test('only the fields that are asked for are read', async (t) => {
  const { texts } = await dataset;
  const file = await writeRows('a.jsonl', [{ a: texts.get('en-d1'), b: [texts.get('en-d2')] }, 'x']);
  const { matches } = await audit([file], { fields: ['b'] });
  t.deepEqual(
    matches.map(({ field, id }) => [field, id]),
    [['b[0]', 'en-d2']],
  );
  const csv = join(await scratch(), 'a.csv');
  await writeFile(csv, `a,b\n${texts.get('en-d1')},${texts.get('en-d2')}\n`);
  t.deepEqual(
    (await audit([csv], { fields: ['a'] })).matches.map(({ id }) => id),
    ['en-d1'],
  );
  await t.throwsAsync(audit([csv], { fields: ['c'] }), { message: /a\.csv: no column "c"; columns are "a", "b"/ });
});

test('rows longer than a block and files of many blocks', async (t) => {
  const { texts } = await dataset;
  const random = randomOf(6);
  const long = Array.from({ length: 200_000 }, () => prose(random, 8)).join(' ');
  const rows: object[] = [{ text: `${long} ${texts.get('en-d7')} ${long}` }];
  const filler = Array.from({ length: 3000 }, () => ({ text: prose(random, 900) }));
  for (const [i, row] of filler.entries()) rows.push(i % 500 === 499 ? { text: texts.get(`en-d${i % 7}`) } : row);
  const file = await writeRows('a.jsonl', rows);
  const fix = join(await scratch(), 'b.jsonl');
  const { result, matches } = await audit([file], { fix });
  t.deepEqual(
    matches.map(({ line }) => line),
    [1, 501, 1001, 1501, 2001, 2501, 3001],
  );
  t.is(result.rows, 3001);
  const lines = (await readFile(file, 'utf8')).split('\n');
  const gone = new Set(matches.map(({ line }) => line! - 1));
  t.true((await readFile(fix, 'utf8')) === lines.filter((_, i) => !gone.has(i)).join('\n'));
});

test('a file of nothing but a mark, or of nothing, stays what it is', async (t) => {
  const folder = await scratch();
  for (const [name, content] of [
    ['a.csv', '\ufeff'],
    ['a.jsonl', '\ufeff'],
    ['b.csv', ''],
    ['b.txt', ''],
  ] as const) {
    const [file, fix] = [join(folder, name), join(folder, `fixed-${name}`)];
    await writeFile(file, content);
    const { result } = await audit([file], { fix });
    t.like(result, { matches: 0, overlap: false });
    t.is(await readFile(fix, 'utf8'), content, name);
  }
});

test('texts of a few words are overlap only when that is asked for', async (t) => {
  const file = await writeRows('a.jsonl', [{ text: 'climate-change' }, { text: 'Climate change and more' }]);
  const fix = join(await scratch(), 'b.jsonl');
  const lenient = await audit([file], { fix });
  t.deepEqual(lenient.matches.map(summary), [{ line: 1, role: 'query', id: 'en-short', kind: 'short' }]);
  t.like(lenient.result, { overlap: false, overlappingRows: 0, matches: 1 });
  t.deepEqual(await readFile(fix), await readFile(file));
  const strict = await audit([file], { fix, short: true });
  t.like(strict.result, { overlap: true, overlappingRows: 1 });
  t.is(await readFile(fix, 'utf8'), '{"text":"Climate change and more"}\n');
});

test('bad input is told by file and line, and leaves no file', async (t) => {
  const folder = await scratch();
  const write = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const fix = join(folder, 'fixed');
  for (const [name, content, message] of [
    ['a.jsonl', '{"a": "b"}\n\n{"a": b}\n', /a\.jsonl:3: not JSON \(.+\)$/],
    ['b.jsonl', '{"a": "b"}\n{"a":', /b\.jsonl:2: not JSON/],
    ['a.csv', 'a,b\n1,2\n\n"x\ny",2,3\n', /a\.csv:4: 3 fields where the first line has 2$/],
    ['b.csv', 'a,b\n1,"2\n', /b\.csv:2: a quote is not closed$/],
    ['c.csv', 'a,b\n1,"2" 3\n', /c\.csv:2: text behind a closing quote$/],
    ['d.csv', 'a,b\n1,2"3\n', /d\.csv:2: a quote within a field without quotes$/],
    ['a.doc', 'x', /a\.doc: "\.doc" tells no format; known are \.jsonl/],
    ['a.parquet', 'x', /a\.parquet: not a readable Parquet file/],
    ['a.txt.gz', 'not packed', /a\.txt\.gz: cannot be read \(incorrect header check\)$/],
  ] as const) {
    const options = name.endsWith('parquet') ? {} : { fix: name.endsWith('.gz') ? `${fix}.gz` : fix };
    await t.throwsAsync(audit([await write(name, content)], options), { instanceOf: InputError, message }, name);
    t.false(existsSync(fix));
  }
  const good = await write('good.txt', 'x\n');
  await t.throwsAsync(audit([join(folder, 'none.txt')]), { message: /none\.txt: no such file$/ });
  await t.throwsAsync(audit([good, good]), { message: /good\.txt: given more than once$/ });
  await t.throwsAsync(audit([good], { fix: good }), { message: /would replace the training file itself$/ });
  await t.throwsAsync(audit([good], { fields: ['x'] }), { message: /good\.txt: plain text has no fields$/ });
  await t.throwsAsync(audit([good], { similarity: 1.5 }), { message: /^similarity must be a number in \[0, 1\]/ });
  await t.throwsAsync(audit([good], { runWords: 1 }), {
    message: /^runWords must be a whole number between 2 and 1000/,
  });
  await t.throwsAsync(audit([]), { message: /^files must be a list of paths/ });
});

test('an audit can be stopped', async (t) => {
  const random = randomOf(7);
  const { texts } = await dataset;
  const rows = Array.from({ length: 4000 }, () => ({ text: prose(random, 600) }));
  rows[0] = { text: texts.get('en-d1')! };
  const file = await writeRows('a.jsonl', rows);
  const fix = join(await scratch(), 'b.jsonl');
  const controller = new AbortController();
  const reason = new Error('enough');
  const { folder } = await dataset;
  const stopped = auditTraining([file], folder, {
    fix,
    signal: controller.signal,
    onMatch: () => controller.abort(reason),
  });
  t.is(await t.throwsAsync(stopped), reason);
  t.false(existsSync(fix));
  await t.throwsAsync(auditTraining([file], folder, { signal: AbortSignal.abort(reason) }), { is: reason });
});

test('the command reports, fixes, and ends with 0, 3 or 1', async (t) => {
  const { folder, texts } = await dataset;
  const random = randomOf(8);
  const clean = await writeRows('clean.jsonl', [{ text: prose(random, 50) }]);
  const dirty = await writeRows('dirty.jsonl', [
    { text: prose(random, 50) },
    { text: texts.get('en-q1') },
    { text: texts.get('zh-d50') },
  ]);
  const none = await tenbin(['audit', '--train', clean, '--dataset', folder]);
  t.is(none.code, 0, none.stderr);
  t.is(none.stderr, `indexing texts\nauditing ${clean}\n`);
  t.regex(none.stdout, /^No overlap: 0 of 1 rows overlap \(0 matches\)$/m);
  const output = await scratch();
  const report = join(output, 'report.jsonl');
  const fix = join(output, 'fixed');
  const args = ['audit', '--train', clean, dirty, '--dataset', folder, '--report', report, '--fix', fix];
  const found = await tenbin([...args, '--limit', '1']);
  t.is(found.code, 3, found.stderr);
  t.regex(found.stdout, /dirty\.jsonl:2 text: exact, query "en-q1" of Planted\/en\n {4}w/);
  t.notRegex(found.stdout, /zh-d50/);
  t.regex(found.stdout, /2 of 4 rows overlap \(2 matches\)/);
  const reported = (await readFile(report, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditMatch);
  t.deepEqual(reported.map(summary), [
    { line: 2, role: 'query', id: 'en-q1', kind: 'exact' },
    { line: 3, role: 'document', id: 'zh-d50', kind: 'exact' },
  ]);
  t.deepEqual(await readFile(join(fix, 'clean.jsonl')), await readFile(clean));
  t.is((await readFile(join(fix, 'dirty.jsonl'), 'utf8')).split('\n').length, 2);
  const json = await tenbin(['audit', '--train', dirty, '--dataset', folder, '--task', 'zh', '--json']);
  t.is(json.code, 3);
  const result = JSON.parse(json.stdout) as AuditResult & { shown: AuditMatch[] };
  t.like(result, { rows: 3, overlappingRows: 1, overlap: true });
  t.deepEqual(result.shown.map(summary), [{ line: 3, role: 'document', id: 'zh-d50', kind: 'exact' }]);
  const wrong = await tenbin(['audit', '--train', join(output, 'no.jsonl'), '--dataset', folder]);
  t.is(wrong.code, 1);
  t.regex(wrong.stderr, /^tenbin: .*no\.jsonl: no such file\n$/);
});
