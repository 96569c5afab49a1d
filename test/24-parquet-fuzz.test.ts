import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { decompress } from '#src/dataset/parquet-codecs.js';
import { readTable } from '#src/dataset/parquet-table.js';
import { scratch } from './support/collections.js';
import { parquetSamples } from './support/parquet-samples.js';

interface Fuzzed {
  readonly refused: number;
  readonly read: number;
  readonly megabytes: number;
}

/** Runs a script in a process of its own that may hold little, and is killed when it says nothing for so long. */
function run(args: readonly string[], heapMegabytes: number, silenceSeconds: number) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, ...args]);
    let stdout = '';
    let stderr = '';
    let timer: NodeJS.Timeout;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), silenceSeconds * 1000);
    };
    watch();
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      watch();
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** `TENBIN_FUZZ=20000 npx ava build/test/24-*` reads so many, from a seed by chance. */
const mutations = Number(process.env.TENBIN_FUZZ ?? 600);
const seed = process.env.TENBIN_FUZZ === undefined ? 1 : randomBytes(4).readUInt32LE();

test('mutated files are read or refused: no crash, no hang, no memory without bound', async (t) => {
  t.timeout(3_600_000);
  const script = join('build', 'test', 'support', 'fuzz-parquet.js');
  const { code, stdout, stderr } = await run([script, String(seed), String(mutations)], 256, 60);
  const lines = stdout.trimEnd().split('\n');
  t.is(code, 0, `seed ${seed}, after ${lines.at(-1)}: ${stderr.slice(0, 2000)}`);
  const { refused, read, megabytes } = JSON.parse(lines.at(-1)!) as Fuzzed;
  t.log(`${mutations} files, ${refused} refused, ${read} rows read, ${megabytes} MB`);
  t.true(refused > mutations / 4 && read > 0, 'the mutations are neither all harmless nor all fatal');
  t.true(megabytes < 1000, `${megabytes} MB`);
});

test('every sample that is mutated can be read', async (t) => {
  const path = join(await scratch(), 'x.parquet');
  const rows: Record<string, number> = {};
  for (const { what, bytes, columns, scores } of await parquetSamples()) {
    await writeFile(path, bytes);
    for await (const batch of readTable(path, columns, { scores: scores ?? [] }))
      rows[what] = (rows[what] ?? 0) + batch.rows;
  }
  t.true(Object.values(rows).every((count) => count >= 80));
  t.true(Object.keys(rows).length >= 29);
});

const fails =
  (codec: 'ZSTD' | 'LZ4' | 'LZ4_RAW' | 'SNAPPY' | 'GZIP' | 'BROTLI', page: number[], length: number) => () =>
    decompress(codec, Uint8Array.from(page), length);

test('a page that would keep its decompressor busy, or its memory full, is refused at once', (t) => {
  const rangeError = { instanceOf: RangeError };
  // 98,000 sequences that copy 65,539 bytes each, read from no bits: 6 GB of writes from 20 bytes.
  const frame = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 16];
  const block = [0x00, 255, 255, 255, 0x54, 0, 0, 52, 1];
  t.throws(fails('ZSTD', [...frame, (block.length << 3) | 5, 0, 0, ...block], 16), rangeError);
  // Weights of a Huffman table by a state that takes no bits: they never end.
  const weights = [0xa2, 0x41, 0x01, 3, 0xf0, 0x03, 0xff, 0, 0, 0];
  t.throws(fails('ZSTD', [...frame, (weights.length << 3) | 5, 0, 0, ...weights], 16), rangeError);
  // A literal of minus five bytes.
  t.throws(fails('SNAPPY', [16, 0xfc, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0], 16), rangeError);
  // A match of 255 bytes more for every byte.
  t.throws(fails('LZ4_RAW', [0x1f, 65, 1, 0, ...new Array(50).fill(255), 0], 16), rangeError);
  t.throws(fails('LZ4', [0, 0, 0, 16, 0, 0, 0, 1, 0], 16), rangeError);
  for (const codec of ['SNAPPY', 'LZ4', 'LZ4_RAW', 'GZIP'] as const) {
    t.throws(fails(codec, new Array(100).fill(0), 1 << 30), { message: /cannot unfold into 1073741824/ });
  }
});

test('Zstandard, Snappy and LZ4 unfold as written', (t) => {
  const plain = 'ab'.repeat(40);
  const zstd = Buffer.from('KLUv/QRoRQAAEGFiAQAb6rAoLxe+', 'base64');
  t.is(Buffer.from(decompress('ZSTD', zstd, 80)).toString(), plain);
  const snappy = Uint8Array.of(80, 4, 97, 98, (59 << 2) | 2, 2, 0, (17 << 2) | 2, 2, 0);
  t.is(Buffer.from(decompress('SNAPPY', snappy, 80)).toString(), plain);
  const lz4 = Uint8Array.of(0x2f, 97, 98, 2, 0, 54, 0x50, 97, 98, 97, 98, 97);
  t.is(Buffer.from(decompress('LZ4_RAW', lz4, 80)).toString(), `${'ab'.repeat(37)}aababa`.slice(0, 80));
});

test('strings that begin as the one before do not add up to more than a page may hold', async (t) => {
  const path = join(await scratch(), 'x.parquet');
  // The first string is long, and each of many is the one before.
  const data = new Array<string>(40_000).fill('x'.repeat(60_000));
  const columnData: ColumnSource[] = [{ name: '_id', data, type: 'STRING', encoding: 'DELTA_BYTE_ARRAY' }];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: data.length, pageSize: 2 ** 40 }));
  await writeFile(path, bytes);
  t.true((await readFile(path)).length < 1_000_000);
  await t.throwsAsync(readTable(path, ['_id']).next(), { message: /strings of more than 1073741824 bytes in a page/ });
});
