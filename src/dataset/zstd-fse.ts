/*
 * Zstandard's finite state entropy tables and the bit streams read with them, which run backwards. Every read is
 * checked. Source: RFC 8878, 4.1.
 */

/** State -> the symbol it stands for, and how the next state is read: `next` plus that many bits. */
export interface FseTable {
  /** Bits of the first state. */
  readonly accuracy: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly next: Uint16Array;
}

/** A table of one state, which takes no bits. */
export function singleSymbol(symbol: number): FseTable {
  return { accuracy: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), next: new Uint16Array(1) };
}

/** `counts`: how many of the 2^accuracy states are a symbol's; -1 is one state, which takes a whole read. */
export function fseTable(accuracy: number, counts: readonly number[]): FseTable {
  const size = 1 << accuracy;
  const symbols = new Uint8Array(size);
  const seen = counts.map((count) => Math.abs(count));
  let high = size;
  for (const [symbol, count] of counts.entries()) if (count === -1) symbols[--high] = symbol;
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (const [symbol, count] of counts.entries()) {
    for (let i = 0; i < count; i++) {
      symbols[position] = symbol;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  const bits = new Uint8Array(size);
  const next = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const nth = seen[symbols[state]!]!++;
    bits[state] = accuracy - (31 - Math.clz32(nth));
    next[state] = (nth << bits[state]!) - size;
  }
  return { accuracy, symbols, bits, next };
}

/** Reads a table's counts, which fill whole bytes from `offset`. Throws RangeError when they are not a distribution. */
export function readFseTable(
  bytes: Uint8Array,
  offset: number,
  maximumAccuracy: number,
  maximumSymbols: number,
): { table: FseTable; end: number } {
  const bits = new ForwardBits(bytes, offset);
  const accuracy = bits.read(4) + 5;
  if (accuracy > maximumAccuracy) throw new RangeError(`a Zstandard table of ${accuracy} bits`);
  const counts: number[] = [];
  let remaining = 1 << accuracy;
  while (remaining > 0) {
    if (counts.length >= maximumSymbols) throw new RangeError('a Zstandard table of too many symbols');
    const count = bits.readUpTo(remaining + 1) - 1;
    remaining -= Math.abs(count);
    counts.push(count);
    if (count !== 0) continue;
    for (let zeros = 3; zeros === 3; ) {
      zeros = bits.read(2);
      for (let i = 0; i < zeros; i++) counts.push(0);
    }
  }
  if (remaining < 0 || counts.length > maximumSymbols) throw new RangeError('a Zstandard table of too many symbols');
  return { table: fseTable(accuracy, counts), end: bits.end };
}

/** Most weights that a Huffman table is described by; the last symbol's follows from the others. */
const maximumWeights = 255;
const weightSymbols = 13;

/**
 * Checks that the weights of a Huffman table end: two states take turns, and one that takes no bits would go on forever.
 */
export function checkWeights(bytes: Uint8Array, offset: number): void {
  const header = bytes[offset] ?? 0;
  if (header >= 128) return;
  const end = offset + 1 + header;
  if (end > bytes.length) throw new RangeError('a Zstandard table is cut off');
  const { table, end: start } = readFseTable(bytes.subarray(0, end), offset + 1, 6, weightSymbols);
  const bits = backwardBits(bytes.subarray(start, end));
  const states = [bits.read(table.accuracy), bits.read(table.accuracy)];
  for (let weights = 2; ; weights++) {
    if (weights > maximumWeights) throw new RangeError('a Zstandard table of too many weights');
    const state = states[weights & 1]!;
    if (table.bits[state]! > bits.left) return;
    states[weights & 1] = table.next[state]! + bits.read(table.bits[state]!);
  }
}

class ForwardBits {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#position = 8 * offset;
  }

  /** The offset of the first byte from which nothing was read. */
  get end(): number {
    return (this.#position + 7) >> 3;
  }

  read(count: number): number {
    const value = this.#peek(count);
    this.#position += count;
    return value;
  }

  /** A number from 0 to `maximum`, of which the small ones take a bit less. */
  readUpTo(maximum: number): number {
    const bits = 32 - Math.clz32(maximum);
    const short = 2 ** bits - 1 - maximum;
    const half = 2 ** (bits - 1);
    const low = this.#peek(bits - 1);
    if (low < short) {
      this.#position += bits - 1;
      return low;
    }
    const value = this.read(bits);
    return value >= half ? value - short : value;
  }

  #peek(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const at = this.#position + i;
      const byte = this.#bytes[at >> 3];
      if (byte === undefined) throw new RangeError('a Zstandard table is cut off');
      value |= ((byte >> (at & 7)) & 1) << i;
    }
    return value;
  }
}

/** Bits read from the end; the highest bit set in the last byte marks where they begin. */
export interface BackwardBits {
  readonly left: number;
  /** At most 31 bits, the one read first highest. */
  read(count: number): number;
}

export function backwardBits(bytes: Uint8Array): BackwardBits {
  const last = bytes.at(-1) ?? 0;
  if (last === 0) throw new RangeError('Zstandard sequences have no end mark');
  let left = 8 * bytes.length - (Math.clz32(last) - 23);
  return {
    get left() {
      return left;
    },
    read(count) {
      if (count > left) throw new RangeError('Zstandard sequences are cut off');
      let value = 0;
      let taken = 0;
      left -= count;
      while (taken < count) {
        const at = left + taken;
        const part = Math.min(8 - (at & 7), count - taken);
        value |= ((bytes[at >> 3]! >> (at & 7)) & ((1 << part) - 1)) << taken;
        taken += part;
      }
      return value;
    },
  };
}
