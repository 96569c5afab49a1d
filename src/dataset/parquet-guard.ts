import type { CompressionCodec } from 'hyparquet';
import { maximumPageBytes, type Unfold } from './parquet-codecs.js';
import { walkHybrid } from './parquet-runs.js';
import { checkPlain, checkValues, plainBytes, type ValueType } from './parquet-values.js';
import { readStruct, type ThriftStruct } from './thrift-compact.js';

/*
 * hyparquet believes what a page says about itself: one flipped bit in a run length makes it fill an array until the
 * process dies, which no `catch` can stop. So each column chunk is walked here first, and only what adds up is
 * decoded. Source of the layout: parquet.thrift and Encodings.md of Apache Parquet.
 */

/** What the footer says about a column chunk, one value per row or a list per row. */
export interface ChunkShape {
  readonly codec: CompressionCodec;
  readonly type: ValueType;
  /** Values, nulls included. */
  readonly values: number;
  /** Highest definition level: 0 where no value can be null. */
  readonly maximumDefinition: number;
  /** Highest repetition level: 0 where each row holds one value. */
  readonly maximumRepetition: number;
}

/** Bytes that a chunk of one row group may unfold into. */
const maximumChunkBytes = 2 ** 32;

/** Values of a page, which are objects of a hundred bytes while it is decoded. Writers stop at some 20,000. */
const maximumPageValues = 1 << 21;

/** Field numbers of parquet.thrift. */
const pageType = { data: 0, dictionary: 2, dataV2: 3 } as const;

/**
 * Walks the pages of a column chunk. Returns its size in bytes after decompression; throws RangeError, or the
 * decompressor's error, when a page does not add up.
 */
export function checkChunk(bytes: Uint8Array, shape: ChunkShape, unfold: Unfold): number {
  let offset = 0;
  let values = 0;
  let total = 0;
  // One byte may be left over: hyparquet stops there too.
  while (offset < bytes.length - 1) {
    const { fields, end } = readStruct(bytes, offset);
    const length = field(fields, 2, maximumPageBytes);
    offset = end + field(fields, 3, bytes.length - end);
    const left = Math.min(shape.values - values, maximumPageValues);
    const page = checkPage(fields, bytes.subarray(end, offset), length, shape, left, unfold);
    values += page.values;
    total += length + page.copied;
    if (total > maximumChunkBytes) throw new RangeError(`more than ${maximumChunkBytes} bytes in a row group`);
  }
  if (values !== shape.values) throw new RangeError(`${values} values where ${shape.values} are announced`);
  return total;
}

interface Page {
  /** 0 for a dictionary. */
  readonly values: number;
  /** Bytes that decoding makes beside those of the page. */
  readonly copied: number;
}

function checkPage(
  fields: ThriftStruct,
  page: Uint8Array,
  length: number,
  shape: ChunkShape,
  left: number,
  unfold: Unfold,
): Page {
  switch (fields.get(1)) {
    case pageType.dictionary: {
      const plain = unfold(shape.codec, page, length);
      const count = field(struct(fields, 7), 1, Math.min(length / plainBytes[shape.type], maximumPageValues));
      checkPlain(plain, 0, count, shape.type);
      return { values: 0, copied: 0 };
    }
    case pageType.data:
      return checkData(struct(fields, 5), unfold(shape.codec, page, length), shape, left);
    case pageType.dataV2:
      return checkDataV2(struct(fields, 8), page, length, shape, left, unfold);
    default:
      throw new RangeError(`page type ${fields.get(1)} is not supported`);
  }
}

function checkData(header: ThriftStruct, bytes: Uint8Array, shape: ChunkShape, left: number): Page {
  const count = field(header, 1, left);
  let offset = 0;
  let present = count;
  if (shape.maximumRepetition) offset = walkLevels(bytes, offset, shape.maximumRepetition, count).end;
  if (shape.maximumDefinition) {
    const levels = walkLevels(bytes, offset, shape.maximumDefinition, count);
    offset = levels.end;
    present = levels.matches;
  }
  return { values: count, copied: checkValues(bytes, offset, present, header.get(2), shape.type) };
}

/** Levels of a version 1 page: their length in four bytes, then the runs. */
function walkLevels(bytes: Uint8Array, offset: number, maximum: number, count: number) {
  if (offset + 4 > bytes.length) throw new RangeError('levels do not fit their page');
  const start = offset + 4;
  const end = start + new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getUint32(0, true);
  if (end > bytes.length) throw new RangeError('levels do not fit their page');
  const { matches } = walkHybrid(bytes.subarray(0, end), start, bitWidth(maximum), count, maximum);
  return { end, matches };
}

function checkDataV2(
  header: ThriftStruct,
  page: Uint8Array,
  length: number,
  shape: ChunkShape,
  left: number,
  unfold: Unfold,
): Page {
  const count = field(header, 1, left);
  const present = count - field(header, 2, count);
  const rows = field(header, 3, count);
  if (shape.maximumRepetition === 0 && rows !== count) throw new RangeError(`${count} values in ${rows} rows`);
  const definitionBytes = field(header, 5, page.length);
  const repetitionBytes = field(header, 6, page.length - definitionBytes);
  const start = definitionBytes + repetitionBytes;
  if (shape.maximumRepetition) {
    walkHybrid(page.subarray(0, repetitionBytes), 0, bitWidth(shape.maximumRepetition), count, 0);
  }
  if (shape.maximumDefinition) {
    const levels = page.subarray(repetitionBytes, start);
    const walk = walkHybrid(levels, 0, bitWidth(shape.maximumDefinition), count, shape.maximumDefinition);
    if (walk.matches !== present) throw new RangeError(`${walk.matches} values where ${present} are announced`);
  }
  const compressed = header.get(7) !== 0;
  const data = page.subarray(start);
  const plain = compressed ? unfold(shape.codec, data, length - start) : data;
  return { values: count, copied: checkValues(plain, 0, present, header.get(4), shape.type) };
}

function struct(fields: ThriftStruct, id: number): ThriftStruct {
  const value = fields.get(id);
  if (typeof value !== 'object') throw new RangeError('page header is incomplete');
  return value;
}

function field(fields: ThriftStruct, id: number, maximum: number): number {
  const value = fields.get(id);
  if (typeof value !== 'number' || value < 0 || value > maximum) {
    throw new RangeError(`page header says ${value} where at most ${maximum} is possible`);
  }
  return value;
}

function bitWidth(maximum: number): number {
  return 32 - Math.clz32(maximum);
}
