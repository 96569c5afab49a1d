/*
 * The part of Thrift's compact protocol that Parquet's footer and page headers use, read with every length checked
 * against the bytes that are there. hyparquet parses the same bytes without such checks, so a few hostile bytes could
 * make it allocate gigabytes: nothing is handed to it before `readStruct` has walked it.
 * Source: thrift-compact-protocol.md of Apache Thrift.
 */

/** Field id -> integer or nested struct. Fields of other types are checked and skipped. */
export type ThriftStruct = ReadonlyMap<number, number | ThriftStruct>;

const maximumDepth = 32;

/** Walks one struct that starts at `offset`; `end` is the offset behind it. Throws RangeError when it is malformed. */
export function readStruct(bytes: Uint8Array, offset: number): { fields: ThriftStruct; end: number } {
  const cursor = new Cursor(bytes, offset);
  const fields = cursor.struct(0);
  return { fields, end: cursor.offset };
}

/** An unsigned LEB128 number of at most 32 bits, as used inside pages too. */
export function readVarint(bytes: Uint8Array, offset: number): { value: number; end: number } {
  const cursor = new Cursor(bytes, offset);
  const value = cursor.varint();
  return { value, end: cursor.offset };
}

/** The offset behind a LEB128 number of at most 64 bits. */
export function skipVarint64(bytes: Uint8Array, offset: number): number {
  for (let end = offset; end < offset + 10; end++) {
    const byte = bytes[end];
    if (byte === undefined) break;
    if (byte < 0x80) return end + 1;
  }
  throw new RangeError('number longer than 64 bits or cut off');
}

class Cursor {
  offset: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  struct(depth: number): ThriftStruct {
    if (depth > maximumDepth) throw new RangeError('structs nested too deep');
    const fields = new Map<number, number | ThriftStruct>();
    let id = 0;
    for (;;) {
      const header = this.#byte();
      const type = header & 0x0f;
      if (type === 0) return fields;
      id = header >> 4 ? id + (header >> 4) : zigzag(this.varint());
      const value = this.#value(type, depth);
      if (value !== undefined) fields.set(id, value);
    }
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError('number longer than 32 bits');
  }

  #value(type: number, depth: number): number | ThriftStruct | undefined {
    switch (type) {
      case 1:
        return 1;
      case 2:
        return 0;
      case 3:
        return this.#byte();
      case 4:
      case 5:
        return zigzag(this.varint());
      case 6:
        return this.#skipLong();
      case 7:
        return this.#skip(8);
      case 8:
        return this.#skip(this.varint());
      case 9:
        return this.#skipList(depth);
      case 12:
        return this.struct(depth + 1);
      default:
        throw new RangeError(`type ${type} is not used by Parquet`);
    }
  }

  #skipList(depth: number): undefined {
    if (depth > maximumDepth) throw new RangeError('lists nested too deep');
    const header = this.#byte();
    const type = header & 0x0f;
    const size = header >> 4 === 15 ? this.varint() : header >> 4;
    // Every element takes at least a byte.
    if (size > this.#bytes.length - this.offset) throw new RangeError(`list of ${size} does not fit`);
    for (let i = 0; i < size; i++) {
      if (type <= 2) this.#skip(1);
      else this.#value(type, depth + 1);
    }
  }

  #skipLong(): undefined {
    for (let i = 0; i < 10; i++) {
      if (this.#byte() < 0x80) return;
    }
    throw new RangeError('number longer than 64 bits');
  }

  #skip(length: number): undefined {
    if (length > this.#bytes.length - this.offset) throw new RangeError(`field of ${length} bytes does not fit`);
    this.offset += length;
  }

  #byte(): number {
    const byte = this.#bytes[this.offset++];
    if (byte === undefined) throw new RangeError('ended too early');
    return byte;
  }
}

function zigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}
