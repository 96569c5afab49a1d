import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { type DelimitedBlock, type DelimitedRecord, delimitedBlocks } from '../dataset/delimited.js';
import { PackedTexts } from '../native/packed-texts.js';
import type { TrainingBlock } from './training-block.js';

/**
 * Blocks of a file of comma-separated or tab-separated fields, each of which is a text. The first record names the
 * columns; since many files have no such header, it is a row too. Throws InputError `file:line: ...` for what the format
 * does not allow, for a record of another number of fields than the first, and for names that are not there.
 */
export async function* tableBlocks(
  path: string,
  separator: ',' | '\t',
  wanted: readonly string[] | undefined,
): AsyncGenerator<TrainingBlock, void, void> {
  let columns: Columns | undefined;
  for await (const block of delimitedBlocks(path, separator)) {
    columns ??= columnsOf(path, block.records[0], wanted);
    yield blockOf(path, block, columns);
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

function blockOf(path: string, { mark, bytes, records }: DelimitedBlock, { names, read }: Columns): TrainingBlock {
  const texts = new PackedTexts(bytes.length);
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
    before: mark,
    source: bytes,
    rows: records.length,
    place: ({ row: text }) => {
      const { begin, end, line } = records[Math.floor(text / read.length)]!;
      return { line, field: names[read[text % read.length]!], begin, end };
    },
    rowTexts: ({ row: text }) => {
      const { fields } = records[Math.floor(text / read.length)]!;
      return read.map((column) => ({ field: names[column], text: fields[column]!.toString('utf8') }));
    },
  };
}
