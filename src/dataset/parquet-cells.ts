import { isUtf8 } from 'node:buffer';
import { InputError } from '../common/errors.js';
import { limits, notReadable } from './parquet-file.js';
import { decodeUtf8 } from './utf8.js';

/** What a cell holds: null, a string (a whole number as decimal text), or the strings of a list column. */
export type Cell = string | null | readonly (string | null)[];

/** Makes cells of what was decoded, counting the bytes of the strings it makes. */
export class CellReader {
  bytes = 0;
  readonly #path: string;
  readonly #strings = new Map<Uint8Array, string>();

  constructor(path: string) {
    this.#path = path;
  }

  cell(value: unknown, row: number, name: string): Cell {
    if (Array.isArray(value)) return value.map((item) => this.#stringOrNull(item, row, name));
    return this.#stringOrNull(value, row, name);
  }

  /** The bytes of a string, which is found to be UTF-8 but not made. */
  utf8(value: unknown, row: number, name: string): Uint8Array | null {
    if (!(value instanceof Uint8Array)) {
      const cell = this.#stringOrNull(value, row, name);
      return cell === null ? null : Buffer.from(cell);
    }
    this.#checkLength(value, row, name);
    if (!isUtf8(value)) throw this.#notUtf8(row, name);
    this.bytes += value.length;
    return value;
  }

  #stringOrNull(value: unknown, row: number, name: string): string | null {
    if (value === null) return value;
    if (value instanceof Uint8Array) return this.#string(value, row, name);
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    // An index that no entry of the dictionary has.
    if (value === undefined) throw notReadable(this.#path, `row ${row}: ${name} is missing`);
    throw new InputError(`${this.#path}: row ${row}: ${name} is not a string`);
  }

  #string(bytes: Uint8Array, row: number, name: string): string {
    const known = this.#strings.get(bytes);
    if (known !== undefined) return known;
    this.#checkLength(bytes, row, name);
    const text = decodeUtf8(bytes);
    if (text === undefined) throw this.#notUtf8(row, name);
    this.bytes += bytes.length;
    this.#strings.set(bytes, text);
    return text;
  }

  #checkLength({ length }: Uint8Array, row: number, name: string): void {
    if (length <= limits.stringBytes) return;
    const told = `a string of ${length} bytes, more than the ${limits.stringBytes} that are allowed`;
    throw new InputError(`${this.#path}: row ${row}: ${name} is ${told}`);
  }

  #notUtf8(row: number, name: string): InputError {
    return notReadable(this.#path, `row ${row}: ${name} is not UTF-8`);
  }
}
