import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import type { CompressionCodec, SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';

/** A small file, and columns of it that can be read. */
export interface Sample {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly columns: readonly string[];
  /** Those of the columns that hold floating-point numbers. */
  readonly scores?: readonly string[];
}

const codecs = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'LZ4_RAW'] as const;
const encodings = ['PLAIN', 'RLE_DICTIONARY', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY'] as const;

const compressors = {
  GZIP: (input: Uint8Array) => new Uint8Array(zlib.gzipSync(input)),
  BROTLI: (input: Uint8Array) => new Uint8Array(zlib.brotliCompressSync(input)),
  LZ4_RAW: literalLz4,
};

/** Files of each codec and encoding, of numbers and of lists, and real ones where the collections lie beside us. */
export async function parquetSamples(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const codec of codecs) {
    for (const encoding of encodings) samples.push(texts(codec, encoding));
    samples.push(lists(codec));
  }
  samples.push(numbers('INT64', 'DELTA_BINARY_PACKED'), numbers('INT32', 'RLE_DICTIONARY'));
  samples.push(scores('FLOAT', 'RLE_DICTIONARY'), scores('DOUBLE', 'PLAIN'));
  for (const [path, columns] of [
    ['NanoMMTEB-v2/corpus/ailastatutes.parquet', ['_id', 'text']],
    ['NanoMMTEB-v2/qrels/ailastatutes.parquet', ['query-id', 'corpus-id']],
    ['belebele/queries/eng_eng.parquet', ['_id', 'text']],
  ] as const) {
    const file = join('..', 'shared', 'data', 'nano', path);
    if (existsSync(file)) samples.push({ what: path, bytes: await readFile(file), columns });
  }
  return samples;
}

function texts(codec: CompressionCodec, encoding: (typeof encodings)[number]): Sample {
  const ids = Array.from({ length: 300 }, (_, i) => `document ${i}`);
  const data = ids.map((_, i) => (i % 9 === 0 ? null : `text ${i % 40} ${'y'.repeat(i % 70)}`));
  const columns: SchemaElement[][] = [string('_id', 'REQUIRED'), string('text', 'OPTIONAL')];
  const columnData: ColumnSource[] = [
    { name: '_id', data: ids, encoding },
    { name: 'text', data, encoding },
  ];
  return { what: `${codec} ${encoding}`, bytes: write(codec, columns, columnData), columns: ['_id', 'text'] };
}

function lists(codec: CompressionCodec): Sample {
  const ids = Array.from({ length: 80 }, (_, i) => `query ${i}`);
  const list: SchemaElement[] = [
    { name: 'corpus-ids', repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...string('element', 'OPTIONAL'),
  ];
  const columnData = [
    { name: 'query-id', data: ids },
    { name: 'corpus-ids', data: ids.map((_, i) => ids.slice(0, i % 7)) },
  ];
  const bytes = write(codec, [string('query-id', 'REQUIRED'), list], columnData);
  return { what: `${codec} lists`, bytes, columns: ['query-id', 'corpus-ids'] };
}

function numbers(type: 'INT32' | 'INT64', encoding: 'DELTA_BINARY_PACKED' | 'RLE_DICTIONARY'): Sample {
  const ids = Array.from({ length: 300 }, (_, i) => (type === 'INT64' ? BigInt(i) * 10_000_000_019n : i * 7919));
  const column: SchemaElement[] = [{ name: '_id', type, repetition_type: 'REQUIRED' }];
  const bytes = write('UNCOMPRESSED', [column], [{ name: '_id', data: ids, encoding }]);
  return { what: `${type} ${encoding}`, bytes, columns: ['_id'] };
}

function scores(type: 'FLOAT' | 'DOUBLE', encoding: 'PLAIN' | 'RLE_DICTIONARY'): Sample {
  const data = Array.from({ length: 300 }, (_, i) => (i % 5) / 2);
  const column: SchemaElement[] = [{ name: 'score', type, repetition_type: 'OPTIONAL' }];
  const bytes = write('SNAPPY', [column], [{ name: 'score', data, encoding }]);
  return { what: `${type} ${encoding}`, bytes, columns: ['score'], scores: ['score'] };
}

function string(name: string, repetition_type: 'REQUIRED' | 'OPTIONAL'): SchemaElement[] {
  return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }];
}

function write(codec: CompressionCodec, columns: SchemaElement[][], columnData: ColumnSource[]): Uint8Array {
  const schema = [{ name: 'root', num_children: columns.length }, ...columns.flat()];
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema, codec, compressors });
  file.write({ columnData, rowGroupSize: 250, pageSize: 3000 });
  file.finish();
  return writer.getBytes().slice();
}

/** LZ4 that finds runs of one byte only. */
function literalLz4(input: Uint8Array): Uint8Array {
  const out: number[] = [];
  const sequence = (literals: Uint8Array, match: number[]) => {
    out.push(Math.min(literals.length, 15) << 4);
    if (literals.length >= 15) {
      let left = literals.length - 15;
      for (; left >= 255; left -= 255) out.push(255);
      out.push(left);
    }
    out.push(...literals, ...match);
  };
  let start = 0;
  for (let i = 4; i + 12 < input.length; i++) {
    if ([0, 1, 2, 3].some((j) => input[i + j] !== input[i + j - 1])) continue;
    sequence(input.subarray(start, i), [1, 0]);
    start = i + 4;
    i += 7;
  }
  sequence(input.subarray(start), []);
  return Uint8Array.from(out);
}
