import { backwardBits, checkWeights, type FseTable, fseTable, readFseTable, singleSymbol } from './zstd-fse.js';

/*
 * The decoder of Zstandard believes what a frame says about lengths: a block of twenty bytes makes it write for ten
 * seconds, past the end of the page where nothing is kept, and one of thirty never ends. So a page's frame is walked
 * first, without copying anything: literals and sequences are counted, and only what fills the page exactly is decoded.
 * Source of the layout: RFC 8878.
 */

const magic = 0xfd2fb528;
/** Bytes that a block may hold or unfold into. */
const maximumBlockBytes = 1 << 17;
const blockType = { raw: 0, rle: 1, compressed: 2 } as const;

/** Of the codes of literal and match lengths: the least length that a code stands for, and how many bits add to it. */
const literalLengths = lengthCodes(0, [...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]], 16);
const matchLengths = lengthCodes(3, [...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]], 32);
const maximumOffsetCode = 31;

/** The distributions that a block may use without spelling them out. */
const predefined: Tables = {
  literal: fseTable(6, [
    ...[4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1],
    ...[-1, -1, -1, -1],
  ]),
  offset: fseTable(5, [1, 1, 1, 1, 1, 1, 2, 2, 2, ...new Array(15).fill(1), ...new Array(5).fill(-1)]),
  match: fseTable(6, [1, 4, 3, 2, 2, 2, 2, 2, 2, ...new Array(37).fill(1), ...new Array(7).fill(-1)]),
};

interface Tables {
  readonly literal: FseTable;
  readonly offset: FseTable;
  readonly match: FseTable;
}

/** Throws RangeError unless `bytes` are one frame that unfolds into exactly `length` bytes. */
export function checkZstd(bytes: Uint8Array, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6 || view.getUint32(0, true) !== magic) throw new RangeError('not a Zstandard frame');
  const descriptor = bytes[4]!;
  const single = (descriptor >> 5) & 1;
  const sizeBytes = descriptor >> 6 ? 1 << (descriptor >> 6) : single;
  const dictionaryBytes = (descriptor & 3) === 3 ? 4 : descriptor & 3;
  let offset = 6 - single + dictionaryBytes + sizeBytes;
  const walk = new BlockWalk(bytes);
  let total = 0;
  for (let last = false; !last; ) {
    if (offset + 3 > bytes.length) throw cutOff();
    const header = bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16);
    const size = header >> 3;
    if (size > maximumBlockBytes) throw new RangeError(`a Zstandard block of ${size} bytes`);
    const kind = (header >> 1) & 3;
    offset += 3;
    const end = offset + (kind === blockType.rle ? 1 : size);
    if (end > bytes.length) throw cutOff();
    if (kind === blockType.compressed) total += walk.unfolded(offset, end);
    else if (kind === blockType.raw || kind === blockType.rle) total += size;
    else throw new RangeError('a Zstandard block of an unknown type');
    if (total > length) throw new RangeError(`page of more than the ${length} bytes that are announced`);
    offset = end;
    last = (header & 1) === 1;
  }
  offset += descriptor & 4;
  if (total !== length) throw new RangeError(`page of ${total} bytes where ${length} are announced`);
  if (offset !== bytes.length) throw new RangeError('a Zstandard frame does not end with its page');
}

/** Counts what blocks unfold into; a block may use the distributions of the one before. */
class BlockWalk {
  readonly #bytes: Uint8Array;
  #tables: Partial<Tables> = {};

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes that the compressed block from `offset` to `end` unfolds into. */
  unfolded(offset: number, end: number): number {
    const bytes = this.#bytes.subarray(0, end);
    const literals = literalsSection(bytes, offset);
    let at = literals.end;
    let count = byteAt(bytes, at++);
    if (count === 255) {
      count = byteAt(bytes, at) + (byteAt(bytes, at + 1) << 8) + 0x7f00;
      at += 2;
    } else if (count > 127) {
      count = ((count - 128) << 8) + byteAt(bytes, at++);
    }
    if (count === 0) return literals.unfolded;
    const modes = byteAt(bytes, at++);
    if (modes & 3) throw new RangeError('Zstandard sequences of an unknown mode');
    const literal = this.#table('literal', modes >> 6, bytes, at, 9, literalLengths.length);
    const offsets = this.#table('offset', (modes >> 4) & 3, bytes, literal.end, 8, maximumOffsetCode + 1);
    const match = this.#table('match', (modes >> 2) & 3, bytes, offsets.end, 9, matchLengths.length);
    const tables = { literal: literal.table, offset: offsets.table, match: match.table };
    this.#tables = tables;
    const lengths = walkSequences(bytes.subarray(match.end), count, tables, literals.unfolded);
    const unfolded = literals.unfolded + lengths;
    if (unfolded > maximumBlockBytes) throw new RangeError(`a Zstandard block unfolds into ${unfolded} bytes`);
    return unfolded;
  }

  #table(kind: keyof Tables, mode: number, bytes: Uint8Array, at: number, accuracy: number, symbols: number) {
    switch (mode) {
      case 0:
        return { table: predefined[kind], end: at };
      case 1: {
        const symbol = byteAt(bytes, at);
        if (symbol >= symbols) throw new RangeError(`a Zstandard length code ${symbol}`);
        return { table: singleSymbol(symbol), end: at + 1 };
      }
      case 2:
        return readFseTable(bytes, at, accuracy, symbols);
      default: {
        const table = this.#tables[kind];
        if (table === undefined) throw new RangeError('Zstandard sequences repeat a table that is not there');
        return { table, end: at };
      }
    }
  }
}

/** Where the literals end, and how many bytes they are when unfolded. */
function literalsSection(bytes: Uint8Array, offset: number): { end: number; unfolded: number } {
  const first = byteAt(bytes, offset);
  const format = (first >> 2) & 3;
  const kind = first & 3;
  if (kind < 2) {
    const headerBytes = format === 3 ? 3 : format === 1 ? 2 : 1;
    const unfolded = littleEndian(bytes, offset, headerBytes) >>> (headerBytes === 1 ? 3 : 4);
    return checkLiterals(bytes, offset + headerBytes + (kind === 0 ? unfolded : 1), unfolded);
  }
  const headerBytes = format < 2 ? 3 : format + 2;
  const bits = format < 2 ? 10 : format === 2 ? 14 : 18;
  // 5 bytes do not fit a bitwise number.
  const sizes = Math.floor(littleEndian(bytes, offset, headerBytes) / 16);
  const unfolded = sizes % 2 ** bits;
  const end = offset + headerBytes + Math.floor(sizes / 2 ** bits);
  if (kind === 2 && end <= bytes.length) checkWeights(bytes.subarray(0, end), offset + headerBytes);
  return checkLiterals(bytes, end, unfolded);
}

function checkLiterals(bytes: Uint8Array, end: number, unfolded: number) {
  if (end > bytes.length) throw cutOff();
  if (unfolded > maximumBlockBytes) throw new RangeError(`Zstandard literals of ${unfolded} bytes`);
  return { end, unfolded };
}

/** The sum of all match lengths. */
function walkSequences(bytes: Uint8Array, count: number, tables: Tables, literals: number): number {
  const { literal, offset, match } = tables;
  const bits = backwardBits(bytes);
  let literalState = bits.read(literal.accuracy);
  let offsetState = bits.read(offset.accuracy);
  let matchState = bits.read(match.accuracy);
  let matched = 0;
  let copied = 0;
  for (let i = 0; i < count; i++) {
    bits.read(offset.symbols[offsetState]!);
    const matchCode = matchLengths[match.symbols[matchState]!]!;
    matched += matchCode.base + bits.read(matchCode.bits);
    const literalCode = literalLengths[literal.symbols[literalState]!]!;
    copied += literalCode.base + bits.read(literalCode.bits);
    if (copied > literals) throw new RangeError('Zstandard sequences use more literals than there are');
    if (i === count - 1) break;
    literalState = literal.next[literalState]! + bits.read(literal.bits[literalState]!);
    matchState = match.next[matchState]! + bits.read(match.bits[matchState]!);
    offsetState = offset.next[offsetState]! + bits.read(offset.bits[offsetState]!);
  }
  if (bits.left !== 0) throw new RangeError('Zstandard sequences do not end with their block');
  return matched;
}

/** Codes below `plain` stand for one length each, counted from `least`; then each code for 2^bits lengths. */
function lengthCodes(least: number, extraBits: readonly number[], plain: number): { base: number; bits: number }[] {
  const codes: { base: number; bits: number }[] = [];
  let base = least;
  for (const bits of [...new Array<number>(plain).fill(0), ...extraBits]) {
    codes.push({ base, bits });
    base += 2 ** bits;
  }
  return codes;
}

function littleEndian(bytes: Uint8Array, offset: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value += byteAt(bytes, offset + i) * 2 ** (8 * i);
  return value;
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw cutOff();
  return byte;
}

function cutOff(): RangeError {
  return new RangeError('a Zstandard block does not fit its page');
}
