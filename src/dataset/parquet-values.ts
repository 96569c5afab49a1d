import { maximumPageBytes } from './parquet-codecs.js';
import { readDelta, walkDelta, walkHybrid } from './parquet-runs.js';
import type { ThriftStruct } from './thrift-compact.js';

/*
 * The values of a page, checked to lie in it. Source: Encodings.md of Apache Parquet.
 */

/** Types of a column that is read. */
export type ValueType = 'BYTE_ARRAY' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE';

/** Numbers of parquet.thrift. */
const encoding = {
  plain: 0,
  plainDictionary: 2,
  deltaPacked: 5,
  deltaLength: 6,
  deltaByteArray: 7,
  rleDictionary: 8,
} as const;
/** Bytes of a PLAIN value; a string has a length of four bytes in front. */
export const plainBytes = { BYTE_ARRAY: 4, INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8 } as const;

/** Gives the bytes that decoding copies out of the page. */
export function checkValues(
  bytes: Uint8Array,
  offset: number,
  count: number,
  kind: number | ThriftStruct | undefined,
  type: ValueType,
): number {
  switch (kind) {
    case encoding.plain:
      checkPlain(bytes, offset, count, type);
      return 0;
    case encoding.plainDictionary:
    case encoding.rleDictionary: {
      if (count === 0) return 0;
      const width = bytes[offset];
      if (width === undefined) throw new RangeError('dictionary indices are missing');
      // Width 0 means that every value is the first of the dictionary; runs may be left out then.
      if (width > 0 || offset + 1 < bytes.length) walkHybrid(bytes, offset + 1, width, count, -1);
      return 0;
    }
    case encoding.deltaPacked:
      if (type !== 'INT32' && type !== 'INT64') break;
      if (count > 0) walkDelta(bytes, offset, count, 8 * plainBytes[type]);
      return 0;
    case encoding.deltaLength: {
      if (type !== 'BYTE_ARRAY') break;
      if (count === 0) return 0;
      const lengths = readDelta(bytes, offset, count);
      checkLengths(lengths.values, bytes.length - lengths.end);
      return 0;
    }
    case encoding.deltaByteArray: {
      if (type !== 'BYTE_ARRAY') break;
      if (count === 0) return 0;
      const prefixes = readDelta(bytes, offset, count);
      const suffixes = readDelta(bytes, prefixes.end, count);
      checkLengths(suffixes.values, bytes.length - suffixes.end);
      return checkPrefixes(prefixes.values, suffixes.values);
    }
  }
  throw new RangeError(`encoding ${kind} is not supported for ${type}`);
}

/** Lengths of strings that lie one behind the other in so many bytes. */
function checkLengths(lengths: Int32Array, bytes: number): void {
  let sum = 0;
  for (const length of lengths) {
    sum += length;
    if (length < 0 || sum > bytes) throw new RangeError('a string does not fit its page');
  }
}

/** Strings that begin as the one before. Gives their bytes together, which a page of a few bytes can make terabytes. */
function checkPrefixes(prefixes: Int32Array, suffixes: Int32Array): number {
  let previous = 0;
  let sum = 0;
  for (const [i, prefix] of prefixes.entries()) {
    if (prefix < 0 || prefix > previous) throw new RangeError('a string begins with more than there is');
    previous = prefix + suffixes[i]!;
    sum += previous;
    if (sum > maximumPageBytes) throw new RangeError(`strings of more than ${maximumPageBytes} bytes in a page`);
  }
  return sum;
}

/** PLAIN values: numbers, or strings with their length in front. hyparquet would read past the page's end. */
export function checkPlain(bytes: Uint8Array, offset: number, count: number, type: ValueType): void {
  if (type === 'BYTE_ARRAY') {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < count; i++) {
      if (offset + 4 > bytes.length) throw new RangeError('a string does not fit its page');
      offset += 4 + view.getUint32(offset, true);
    }
  } else {
    offset += count * plainBytes[type];
  }
  if (offset > bytes.length) throw new RangeError('a value does not fit its page');
}
