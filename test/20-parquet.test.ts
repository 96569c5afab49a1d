import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { ByteWriter, type ColumnSource, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import { walkHybrid } from '#src/dataset/parquet-runs.js';
import { readTable } from '#src/dataset/parquet-table.js';
import { readStruct } from '#src/dataset/thrift-compact.js';
import {
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
} from './support/dataset-files.js';

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
