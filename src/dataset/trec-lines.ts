import { InputError } from '../common/errors.js';
import { readChunks } from './text-lines.js';
import { decodeUtf8 } from './utf8.js';

/*
 * Text files of one row per line, fields separated by whitespace, as trec_eval reads them: blank lines and lines that
 * begin with # are passed over. A file is read in blocks of whole lines; `.gz` is unpacked on the way.
 */

const tab = 9;
const newline = 10;
const carriageReturn = 13;
const space = 32;
const hash = 35;

/** The lines of a file in order. Throws InputError naming the file when it cannot be read or is not UTF-8. */
export async function* readRows(path: string): AsyncGenerator<Rows> {
  const rows = new Rows();
  for await (const bytes of wholeLines(path)) {
    const text = decodeUtf8(bytes);
    if (text === undefined) throw new InputError(`${path}: not UTF-8`);
    // A byte order mark in front of the file is not text.
    rows.load(rows.line === 0 && text.startsWith('\u{feff}') ? text.slice(1) : text);
    yield rows;
  }
}

async function* wholeLines(path: string): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  for await (const chunk of readChunks(path)) {
    const end = chunk.lastIndexOf(newline) + 1;
    pieces.push(chunk.subarray(0, end === 0 ? chunk.length : end));
    if (end === 0) continue;
    yield Buffer.concat(pieces);
    pieces = [chunk.subarray(end)];
  }
  yield Buffer.concat([...pieces, Buffer.from('\n')]);
}

/** Walks over the lines of a block: after `next()` come the fields of one line. */
export class Rows {
  /** Number of the current line in the file, from 1. */
  line = 0;
  /** How many fields the current line has. */
  count = 0;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #block = '';
  #position = 0;

  /** Takes a block of whole lines, each ending in a newline. */
  load(block: string): void {
    this.#block = block;
    this.#position = 0;
  }

  /** Goes to the next line that has fields; false at the end of the block. */
  next(): boolean {
    while (this.#position < this.#block.length) {
      this.line++;
      this.#readLine();
      if (this.count > 0 && this.#block.charCodeAt(this.#starts[0]!) !== hash) return true;
    }
    return false;
  }

  text(field: number): string {
    return this.#block.slice(this.#starts[field], this.#ends[field]);
  }

  /** Whether a field is exactly this text. */
  is(field: number, text: string): boolean {
    const start = this.#starts[field]!;
    return this.#ends[field]! - start === text.length && this.#block.startsWith(text, start);
  }

  #readLine(): void {
    const block = this.#block;
    let position = this.#position;
    let code = block.charCodeAt(position);
    let count = 0;
    for (;;) {
      while (this.#separates(code)) code = block.charCodeAt(++position);
      if (code === newline) break;
      this.#starts[count] = position;
      while (code > space || (code !== newline && !this.#separates(code))) code = block.charCodeAt(++position);
      this.#ends[count++] = position;
    }
    this.count = count;
    this.#position = position + 1;
  }

  /** C's isspace, without the newline. */
  #separates(code: number): boolean {
    return code === space || (code >= tab && code <= carriageReturn && code !== newline);
  }
}
