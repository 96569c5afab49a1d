import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { scratch } from './support/collections.js';
import { tenbin } from './support/tenbin.js';

/* 300 MB of text, in processes whose heap may be 128 MB: nothing may hold all documents as strings. */

const little = { NODE_OPTIONS: '--max-old-space-size=128' };

test('a table of 10,000 documents of 30 kB is read in little memory, whatever its pages', async (t) => {
  const folder = await scratch();
  for (const [name, pageSize] of [
    ['pages.parquet', 1 << 20],
    ['one-page.parquet', 1 << 29],
  ] as const) {
    const path = join(folder, name);
    await writeFile(path, longDocuments(pageSize));
    const script = join('build', 'test', 'support', 'read-table.js');
    const { stdout } = await promisify(execFile)(process.execPath, [script, path], {
      env: { ...process.env, ...little },
    });
    t.deepEqual(JSON.parse(stdout), { rows: 10_000, characters: 300_000_000 }, name);
  }
});

test('a task of such documents is evaluated, converted and audited in little memory', async (t) => {
  const folder = join(await scratch(), 'Long');
  await writeNanoTask(folder, 'x', {
    corpus: [{ id: '7', text: 'replaced' }],
    queries: [{ id: 'q', text: '7 words' }],
    qrels: new Map([['q', new Map([['7', 1]])]]),
  });
  await writeFile(join(folder, 'corpus', 'x.parquet'), longDocuments(1 << 20));
  const output = await scratch();
  const evaluate = ['evaluate', 'bm25', '--dataset', folder, '--analyzer', 'regex', '--output', output];
  const evaluated = await tenbin(evaluate, little);
  t.is(evaluated.code, 0, evaluated.stderr.slice(0, 500));
  t.regex(evaluated.stdout, /10,000/);
  const converted = await tenbin(['convert', folder, join(output, 'beir'), '--to', 'beir'], little);
  t.is(converted.code, 0, converted.stderr.slice(0, 500));
  t.regex(converted.stdout, /^x: 10,000 documents, 1 queries, 1 judgements/);
  const train = join(output, 'train.txt');
  await writeFile(train, `nothing\n${documentOf('7')}\n`);
  const audited = await tenbin(['audit', '--train', train, '--dataset', folder, '--limit', '0'], little);
  t.is(audited.code, 3, audited.stderr.slice(0, 500));
  t.regex(audited.stdout, /1 of 2 rows overlap/);
});

function documentOf(id: string): string {
  return id.padEnd(30_000, `${id} words `);
}

function longDocuments(pageSize: number): Uint8Array {
  const string = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' } as const;
  const writer = new ByteWriter();
  const schema = [
    { name: 'root', num_children: 2 },
    { name: '_id', ...string },
    { name: 'text', ...string },
  ];
  const file = new ParquetWriter({ writer, schema, codec: 'SNAPPY' });
  const ids = Array.from({ length: 10_000 }, (_, i) => String(i));
  const columnData: ColumnSource[] = [
    { name: '_id', data: ids, encoding: 'PLAIN' },
    { name: 'text', data: ids.map(documentOf), encoding: 'PLAIN' },
  ];
  file.write({ columnData, rowGroupSize: 10_000, pageSize });
  file.finish();
  return writer.getBytes();
}
