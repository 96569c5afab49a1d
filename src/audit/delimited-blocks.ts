import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { PackedTexts } from '../native/packed-texts.js';
import { byteOrderMark, wholeRows } from './line-blocks.js';
import type { TrainingBlock } from './training-block.js';

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** A record: its fields as UTF-8, unquoted. */
interface DelimitedRecord {
  readonly fields: readonly Buffer[];
  readonly begin: number;
  readonly end: number;
  readonly line: number;
}

/**
 * Blocks of a file of comma-separated fields (RFC 4180: quotes around a field, doubled within; lines end in LF or CRLF) or
 * of tab-separated ones, where a quote is a character like others. Each field is a text. The first record names the columns;
 * since many files have no such header, it is a row too. Throws InputError `file:line: ...` for a record of another number
 * of fields than the first, a quote that is not closed or in the wrong place, and for names that are not there.
 */
export async function* delimitedBlocks(
  path: string,
  delimiter: ',' | '\t',
  wanted: readonly string[] | undefined,
): AsyncGenerator<TrainingBlock, void, void> {
  const quoting = delimiter === ',';
  const reader = new RecordReader(path, delimiter.charCodeAt(0), quoting);
  const lastEnd = quoting ? lastRecordEnd : (bytes: Buffer) => bytes.lastIndexOf(newline) + 1;
  let table: Columns | undefined;
  for await (const block of wholeRows(path, (bytes, isLast) => (isLast ? bytes.length : lastEnd(bytes)))) {
    const mark = table === undefined ? byteOrderMark(block) : 0;
    const source = block.subarray(mark);
    const records = reader.read(source);
    table ??= columnsOf(path, records[0], wanted);
    yield blockOf(path, source, mark > 0 ? block.subarray(0, mark) : undefined, records, table);
  }
}

/** The names of all columns, and the numbers of those that are read. */
interface Columns {
  readonly names: readonly string[];
  readonly read: readonly number[];
}

function columnsOf(path: string, header: DelimitedRecord | undefined, wanted: readonly string[] | undefined): Columns {
  const names = header?.fields.map((field) => field.toString('utf8')) ?? [];
  if (wanted === undefined) return { names, read: [...names.keys()] };
  const read = wanted.map((name) => {
    const column = names.indexOf(name);
    if (column < 0) throw new InputError(`${path}: no column ${show(name)}; columns are ${names.map(show).join(', ')}`);
    return column;
  });
  return { names, read };
}

function blockOf(
  path: string,
  source: Buffer,
  before: Buffer | undefined,
  records: readonly DelimitedRecord[],
  { names, read }: Columns,
): TrainingBlock {
  const texts = new PackedTexts(source.length);
  for (const { fields, line } of records) {
    if (fields.length !== names.length) {
      throw new InputError(`${path}:${line}: ${fields.length} fields where the first line has ${names.length}`);
    }
    for (const column of read) texts.add(fields[column]!);
  }
  return {
    layout: 'texts',
    bytes: texts.bytes,
    offsets: texts.offsets,
    before,
    source,
    rows: records.length,
    place: ({ row: text }) => {
      const { begin, end, line } = records[Math.floor(text / read.length)]!;
      return { line, field: names[read[text % read.length]!], begin, end };
    },
  };
}

/** Behind the last line end that is outside of quotes, 0 when there is none. */
function lastRecordEnd(bytes: Buffer): number {
  let end = 0;
  let inQuotes = false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === quote) inQuotes = !inQuotes;
    else if (bytes[i] === newline && !inQuotes) end = i + 1;
  }
  return end;
}

class RecordReader {
  readonly #path: string;
  readonly #delimiter: number;
  readonly #quoting: boolean;
  #line = 1;

  constructor(path: string, delimiter: number, quoting: boolean) {
    this.#path = path;
    this.#delimiter = delimiter;
    this.#quoting = quoting;
  }

  /** The records of whole lines; blank lines are none. */
  read(bytes: Buffer): DelimitedRecord[] {
    const records: DelimitedRecord[] = [];
    for (let begin = 0; begin < bytes.length; ) {
      const line = this.#line;
      const fields: Buffer[] = [];
      let at = begin;
      for (;;) {
        const { field, end } = this.#quoting && bytes[at] === quote ? this.#quoted(bytes, at) : this.#plain(bytes, at);
        fields.push(field);
        at = end + 1;
        if (end >= bytes.length || bytes[end] === newline) break;
      }
      at = Math.min(at, bytes.length);
      this.#line++;
      const isBlank = fields.length === 1 && fields[0]!.length === 0;
      if (!isBlank) records.push({ fields, begin, end: at, line });
      begin = at;
    }
    return records;
  }

  /** A field without quotes; `end` is the delimiter, line end or end of file behind it. */
  #plain(bytes: Buffer, begin: number): { field: Buffer; end: number } {
    let end = begin;
    while (end < bytes.length && bytes[end] !== this.#delimiter && bytes[end] !== newline) {
      if (this.#quoting && bytes[end] === quote) throw this.#error('a quote within a field without quotes');
      end++;
    }
    const isLineEnd = end === bytes.length || bytes[end] === newline;
    const trim = isLineEnd && end > begin && bytes[end - 1] === carriageReturn ? 1 : 0;
    return { field: bytes.subarray(begin, end - trim), end };
  }

  #quoted(bytes: Buffer, begin: number): { field: Buffer; end: number } {
    const pieces: Buffer[] = [];
    let at = begin + 1;
    const opened = this.#line;
    for (;;) {
      const close = bytes.indexOf(quote, at);
      if (close < 0) throw new InputError(`${this.#path}:${opened}: a quote is not closed`);
      const piece = bytes.subarray(at, close);
      for (let i = piece.indexOf(newline); i >= 0; i = piece.indexOf(newline, i + 1)) this.#line++;
      if (bytes[close + 1] !== quote) {
        pieces.push(piece);
        at = close + 1;
        break;
      }
      pieces.push(bytes.subarray(at, close + 1));
      at = close + 2;
    }
    if (bytes[at] === carriageReturn && (at + 1 === bytes.length || bytes[at + 1] === newline)) at++;
    if (at < bytes.length && bytes[at] !== this.#delimiter && bytes[at] !== newline) {
      throw this.#error('text behind a closing quote');
    }
    return { field: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), end: at };
  }

  #error(problem: string): InputError {
    return new InputError(`${this.#path}:${this.#line}: ${problem}`);
  }
}
