import { readVarint, skipVarint64 } from './thrift-compact.js';

/*
 * Walks over the run-length encodings inside Parquet pages. They decide how much a decoder writes, and hyparquet
 * trusts them, so they are checked first. Source: Encodings.md of Apache Parquet.
 */

/** Packed values come in eights and a page's last ones are padded; DuckDB pads to 256. */
const maximumPadding = 1024;

/** Where a walk ended, and how many of the values equalled the one that was asked for. */
export interface Walk {
  readonly end: number;
  readonly matches: number;
}

/**
 * The RLE / bit-packed hybrid: `count` values of `width` bits from `offset`. Throws RangeError when runs hold more
 * values than the page, or end early.
 */
export function walkHybrid(bytes: Uint8Array, offset: number, width: number, count: number, wanted: number): Walk {
  if (width > 32) throw new RangeError(`values of ${width} bits`);
  const widthBytes = (width + 7) >> 3;
  let seen = 0;
  let matches = 0;
  while (seen < count) {
    const run = readVarint(bytes, offset);
    offset = run.end;
    if (run.value & 1) {
      const values = (run.value >>> 1) * 8;
      if (values > count - seen + maximumPadding) throw new RangeError(`run of ${values} values in a page of ${count}`);
      const length = (values / 8) * width;
      const end = offset + length;
      if (end > bytes.length) throw new RangeError('run does not fit its page');
      const valid = Math.min(values, count - seen);
      // Only levels are counted, and they are a few bits wide.
      if (width <= 8) matches += countPacked(bytes, offset, width, valid, wanted);
      seen += valid;
      offset = end;
    } else {
      const values = run.value >>> 1;
      if (values > count - seen) throw new RangeError(`run of ${values} values in a page of ${count}`);
      if (offset + widthBytes > bytes.length) throw new RangeError('run does not fit its page');
      let value = 0;
      for (let i = 0; i < widthBytes; i++) value |= bytes[offset + i]! << (8 * i);
      if (value === wanted) matches += values;
      seen += values;
      offset += widthBytes;
    }
  }
  return { end: offset, matches };
}

function countPacked(bytes: Uint8Array, offset: number, width: number, count: number, wanted: number): number {
  const mask = (1 << width) - 1;
  let matches = 0;
  for (let i = 0; i < count; i++) {
    const bit = i * width;
    const at = offset + (bit >> 3);
    const value = ((bytes[at]! | ((bytes[at + 1] ?? 0) << 8)) >> (bit & 7)) & mask;
    if (value === wanted) matches++;
  }
  return matches;
}

/** DELTA_BINARY_PACKED numbers of up to `bits` bits, as the delta string encodings use for lengths; gives the offset behind them. */
export function walkDelta(bytes: Uint8Array, offset: number, count: number, bits: number): number {
  const blockSize = readVarint(bytes, offset);
  const miniblocks = readVarint(bytes, blockSize.end);
  const total = readVarint(bytes, miniblocks.end);
  const perMiniblock = blockSize.value / miniblocks.value;
  if (blockSize.value > 1 << 16 || !Number.isInteger(perMiniblock / 8) || perMiniblock === 0) {
    throw new RangeError(`delta blocks of ${blockSize.value} in ${miniblocks.value}`);
  }
  if (total.value !== count) throw new RangeError(`${total.value} deltas for ${count} values`);
  offset = skipVarint64(bytes, total.end);
  let seen = 1;
  while (seen < count) {
    const widths = skipVarint64(bytes, offset);
    offset = widths + miniblocks.value;
    for (let i = 0; i < miniblocks.value && seen < count; i++) {
      const width = bytes[widths + i];
      if (width === undefined || width > bits) throw new RangeError(`deltas of ${width} bits`);
      offset += (perMiniblock * width) / 8;
      seen += perMiniblock;
    }
    if (offset > bytes.length) throw new RangeError('deltas do not fit their page');
  }
  return offset;
}

/** DELTA_BINARY_PACKED numbers of 32 bits, wrapping as the format says; `end` is the offset behind them. */
export function readDelta(bytes: Uint8Array, offset: number, count: number): { values: Int32Array; end: number } {
  const end = walkDelta(bytes, offset, count, 32);
  const blockSize = readVarint(bytes, offset);
  const miniblocks = readVarint(bytes, blockSize.end);
  const first = readVarint(bytes, readVarint(bytes, miniblocks.end).end);
  const perMiniblock = blockSize.value / miniblocks.value;
  const values = new Int32Array(count);
  let value = (first.value >>> 1) ^ -(first.value & 1);
  values[0] = value;
  let at = first.end;
  for (let seen = 1; seen < count; ) {
    const least = readZigzag33(bytes, at);
    const widths = least.end;
    at = widths + miniblocks.value;
    for (let i = 0; i < miniblocks.value && seen < count; i++) {
      const width = bytes[widths + i]!;
      for (let j = 0; j < perMiniblock && seen < count; j++) {
        value = (value + least.value + bitsAt(bytes, 8 * at + j * width, width)) | 0;
        values[seen++] = value;
      }
      at += (perMiniblock * width) / 8;
    }
  }
  return { values, end };
}

/** A zigzag number whose lower 32 bits count: a difference of 32-bit numbers has 33. */
function readZigzag33(bytes: Uint8Array, offset: number): { value: number; end: number } {
  const end = skipVarint64(bytes, offset);
  let written = 0n;
  for (let i = end - 1; i >= offset; i--) written = (written << 7n) | BigInt(bytes[i]! & 0x7f);
  return { value: Number(BigInt.asIntN(32, (written >> 1n) ^ -(written & 1n))), end };
}

function bitsAt(bytes: Uint8Array, position: number, width: number): number {
  let value = 0;
  for (let taken = 0; taken < width; ) {
    const at = position + taken;
    const part = Math.min(8 - (at & 7), width - taken);
    value |= ((bytes[at >> 3]! >> (at & 7)) & ((1 << part) - 1)) << taken;
    taken += part;
  }
  return value;
}
