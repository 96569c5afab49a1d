import { InputError } from '../common/errors.js';
import { decodeUtf8 } from './utf8.js';
import { byteOrderMark, wholeRows } from './whole-rows.js';

/*
 * Comma-separated values (RFC 4180: a field may stand in quotes, doubled inside it, and then hold commas and line ends)
 * and tab-separated ones, where a quote is a character like others. Lines end in LF or CRLF. Blank lines are no records.
 */

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** A record in a block of bytes, with the number of its first line, counted from 1. */
export interface DelimitedRecord {
  readonly line: number;
  /** Unquoted. Most are views of the block. */
  readonly fields: readonly Buffer[];
  /** Bytes of the block, line end included. */
  readonly begin: number;
  readonly end: number;
}

/** Whole records of a file, some megabytes of them. */
export interface DelimitedBlock {
  /** A byte order mark, which stands in front of the first block and is no part of it. */
  readonly mark: Buffer | undefined;
  /** Records and the blank lines between them, as they stand in the file. */
  readonly bytes: Buffer;
  readonly records: readonly DelimitedRecord[];
}

/**
 * Reads a file, unpacked when it ends in `.gz`, block by block. Throws InputError `file:line: ...` for a quote that is out
 * of place or not closed, and when a record is longer than 128 MiB.
 */
export async function* delimitedBlocks(
  path: string,
  separator: ',' | '\t',
): AsyncGenerator<DelimitedBlock, void, void> {
  const tokenizer = new Tokenizer(path, separator);
  let mark: number | undefined;
  let records: DelimitedRecord[] = [];
  const cut = (bytes: Buffer, isLast: boolean) => {
    const start = mark ?? byteOrderMark(bytes);
    const read = tokenizer.read(bytes.subarray(start), isLast);
    records = read.records;
    return read.end === 0 && !isLast ? 0 : start + read.end;
  };
  for await (const block of wholeRows(path, cut)) {
    mark ??= byteOrderMark(block);
    yield { mark: mark > 0 ? block.subarray(0, mark) : undefined, bytes: block.subarray(mark), records };
    mark = 0;
  }
}

/** The same, record by record, as strings. Throws InputError also for a record that is not UTF-8. */
export async function* readDelimited(
  path: string,
  separator: ',' | '\t',
): AsyncGenerator<{ readonly line: number; readonly fields: readonly string[] }, void, void> {
  for await (const { records } of delimitedBlocks(path, separator)) {
    for (const { line, fields } of records) {
      const texts = fields.map((field) => {
        const text = decodeUtf8(field);
        if (text === undefined) throw new InputError(`${path}:${line}: not UTF-8`);
        return text;
      });
      yield { line, fields: texts };
    }
  }
}

class Tokenizer {
  readonly #path: string;
  readonly #separator: number;
  readonly #quoting: boolean;
  /** Where the next record begins, and where the one being read has come to. */
  #line = 1;
  #lineNow = 1;

  constructor(path: string, separator: ',' | '\t') {
    this.#path = path;
    this.#separator = separator.charCodeAt(0);
    this.#quoting = separator === ',';
  }

  /** The records that are whole, and where the last ends. At the end of the file, a record needs no line end. */
  read(bytes: Buffer, isLast: boolean): { records: DelimitedRecord[]; end: number } {
    const records: DelimitedRecord[] = [];
    let begin = 0;
    while (begin < bytes.length) {
      const record = this.#record(bytes, begin, isLast);
      if (record === undefined) break;
      if (record.fields.length > 0) records.push(record);
      begin = record.end;
      this.#line = ++this.#lineNow;
    }
    this.#lineNow = this.#line;
    return { records, end: begin };
  }

  /** A record, without fields if its line is blank. Undefined when its end is not among the bytes and more will come. */
  #record(bytes: Buffer, begin: number, isLast: boolean): DelimitedRecord | undefined {
    const fields: Buffer[] = [];
    let at = begin;
    for (;;) {
      const isQuoted = this.#quoting && bytes[at] === quote;
      const end = isQuoted ? this.#quoted(bytes, at, fields, isLast) : this.#plain(bytes, at, fields);
      if (end >= bytes.length && !isLast) return undefined;
      at = end + 1;
      if (end < bytes.length && bytes[end] !== newline) continue;
      if (fields.length === 1 && !isQuoted && fields[0]!.length === 0) fields.pop();
      return { line: this.#line, fields, begin, end: Math.min(at, bytes.length) };
    }
  }

  /** Reads a field without quotes. Gives where the separator, line end or end of the bytes behind it is. */
  #plain(bytes: Buffer, begin: number, fields: Buffer[]): number {
    const [separator, quoting] = [this.#separator, this.#quoting];
    let end = begin;
    for (; end < bytes.length; end++) {
      const byte = bytes[end]!;
      if (byte === separator || byte === newline) break;
      if (byte === quote && quoting) throw this.#error('a quote within a field without quotes');
    }
    const isLineEnd = end === bytes.length || bytes[end] === newline;
    const trim = isLineEnd && end > begin && bytes[end - 1] === carriageReturn ? 1 : 0;
    fields.push(bytes.subarray(begin, end - trim));
    return end;
  }

  /** The same with quotes. When the closing one may come later, gives the end of the bytes. */
  #quoted(bytes: Buffer, begin: number, fields: Buffer[], isLast: boolean): number {
    const opened = this.#lineNow;
    const pieces: Buffer[] = [];
    let at = begin + 1;
    for (;;) {
      const close = bytes.indexOf(quote, at);
      if (close < 0) {
        if (isLast) throw new InputError(`${this.#path}:${opened}: a quote is not closed`);
        return bytes.length;
      }
      const isDoubled = bytes[close + 1] === quote;
      const piece = bytes.subarray(at, isDoubled ? close + 1 : close);
      for (let i = piece.indexOf(newline); i >= 0; i = piece.indexOf(newline, i + 1)) this.#lineNow++;
      pieces.push(piece);
      at = close + (isDoubled ? 2 : 1);
      if (!isDoubled) break;
    }
    fields.push(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
    if (bytes[at] === carriageReturn && (at + 1 === bytes.length || bytes[at + 1] === newline)) at++;
    if (at < bytes.length && bytes[at] !== this.#separator && bytes[at] !== newline) {
      throw this.#error('text behind a closing quote');
    }
    return at;
  }

  #error(problem: string): InputError {
    return new InputError(`${this.#path}:${this.#lineNow}: ${problem}`);
  }
}
