import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import type { SchemaElement } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { NanoTask } from '#src/dataset/nano-task.js';
import { decompress } from '#src/dataset/parquet-codecs.js';
import type { TextBatch } from '#src/dataset/task.js';
import { StageClock } from '#src/evaluation/stage-clock.js';
import { Bm25Index } from '#src/lexical/bm25-index.js';
import { scratch } from './support/collections.js';

/** A task whose corpus has these columns. */
async function taskOf(columnData: ColumnSource[], schema?: SchemaElement[]): Promise<{ task: NanoTask; path: string }> {
  const folder = await scratch();
  const path = join(folder, 'corpus', 'x.parquet');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData, schema, rowGroupSize: 700, pageSize: 3000 })));
  return { task: new NanoTask({ group: 'g', name: 'x', path: folder }), path };
}

async function rowsOf<Row>(batches: AsyncIterable<TextBatch<Row>>): Promise<{ rows: Row[]; read: number }> {
  const rows: Row[] = [];
  let read = 0;
  for await (const batch of batches) {
    rows.push(...batch.rows);
    read += batch.read;
  }
  return { rows, read };
}

test('a corpus in UTF-8 has the same rows as one of strings', async (t) => {
  const ids = Array.from({ length: 2000 }, (_, i) => `d${i}`);
  const texts = ids.map((_, i) => [null, '', `\ufeffplain ${i}`, `Ünïcödé ${i} 漢字 🜁`, 'often'][i % 5]!);
  for (const encoding of ['PLAIN', 'RLE_DICTIONARY'] as const) {
    const { task } = await taskOf([
      { name: '_id', data: ids, type: 'STRING', encoding },
      { name: 'text', data: texts, type: 'STRING', encoding },
    ]);
    const strings = await rowsOf(task.corpus());
    const encoded = await rowsOf(task.encodedCorpus());
    t.is(encoded.read, 2000);
    t.is(encoded.rows.length, 1200);
    t.deepEqual(
      encoded.rows.map(({ id, text }) => ({ id, text: Buffer.from(text).toString() })),
      strings.rows.map(({ id, text }) => ({ id, text })),
    );
  }
});

test('a corpus in UTF-8 is refused for what one of strings is', async (t) => {
  const id: ColumnSource = { name: '_id', data: ['a', 'b'], type: 'STRING' };
  const told = async (columns: ColumnSource[], schema?: SchemaElement[]) => {
    const { task, path } = await taskOf(columns, schema);
    const error = await t.throwsAsync(rowsOf(task.encodedCorpus()), { name: 'InputError' });
    const same = await t.throwsAsync(rowsOf(task.corpus()), { name: 'InputError' });
    t.is(error?.message, same?.message);
    return error?.message.replace(path, 'x');
  };
  const notUtf8 = [Uint8Array.of(0x61), Uint8Array.of(0x61, 0xff)];
  t.is(
    await told([id, { name: 'text', data: notUtf8, type: 'BYTE_ARRAY' }]),
    'x: not a readable Parquet file (row 1: text is not UTF-8)',
  );
  const string = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' } as const;
  const lists: SchemaElement[] = [
    { name: 'schema', num_children: 2 },
    { name: '_id', ...string },
    { name: 'text', repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', ...string },
  ];
  const columns = [
    { name: '_id', data: ['a', 'b'] },
    { name: 'text', data: [['one'], ['two']] },
  ];
  t.is(await told(columns, lists), 'x: row 0: text is not a string');
  const texts: ColumnSource = { name: 'text', data: ['one', 'two'], type: 'STRING' };
  t.is(await told([{ ...id, data: ['a', 'a'] }, texts]), 'x: row 1: _id "a" is already in row 0');
});

test('documents that stream in arrays give the index that single ones give', async (t) => {
  const documents = Array.from({ length: 300 }, (_, i) => ({
    id: `d${i}`,
    text: `word${i % 7} word${i % 11} word${i}`,
  }));
  const search = async (stream: AsyncIterable<(typeof documents)[number] | typeof documents>) => {
    using index = await Bm25Index.build(stream);
    return { ids: index.ids, ...(await index.search(['word3 word5', 'word200'], { k: 20 })) };
  };
  async function* singly() {
    yield* documents;
  }
  async function* inArrays() {
    yield documents.slice(0, 120);
    yield [];
    yield documents[120]!;
    yield documents.slice(121);
  }
  t.deepEqual(await search(inArrays()), await search(singly()));
  async function* nested() {
    yield [[documents[0]!]] as never;
  }
  await t.throwsAsync(search(nested()), { name: 'InputError', message: /^document 0 must be/ });
});

test('Snappy copies of every distance and length unfold as written', (t) => {
  const start = Buffer.from('abcdefghijklm');
  for (let distance = 1; distance <= start.length; distance++) {
    for (let length = 1; length <= 64; length++) {
      const copy = [((length - 1) << 2) | 2, distance, 0];
      const page = Uint8Array.of(start.length + length, (start.length - 1) << 2, ...start, ...copy);
      const expected = [...start];
      for (let i = 0; i < length; i++) expected.push(expected[expected.length - distance]!);
      const unfolded = decompress('SNAPPY', page, expected.length);
      if (Buffer.compare(unfolded, Uint8Array.from(expected)) !== 0) t.fail(`distance ${distance}, length ${length}`);
    }
  }
  t.pass();
});

test('a stage has the time until the next begins, and none has that between two profiles', async (t) => {
  const clock = new StageClock();
  t.deepEqual(clock.take(), {});
  clock.enter('read');
  clock.enter('analyze');
  await new Promise((resolve) => setTimeout(resolve, 30));
  clock.enter('read');
  const seconds = clock.take();
  t.deepEqual(Object.keys(seconds), ['read', 'analyze']);
  t.true(seconds.analyze! >= 0.029);
  t.deepEqual(clock.take(), {});
});
