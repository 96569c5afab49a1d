import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { readColumnNames, readTable } from '../dataset/parquet-table.js';
import { readLines } from '../dataset/text-lines.js';

/** A column to read, by the names it goes by in the wild; the first that is there is taken. */
export interface Field {
  /** For messages: `document id`. */
  readonly title: string;
  readonly aliases: readonly string[];
  /** Without it the table is refused; else its values are undefined. */
  readonly required: boolean;
  /** Whether floating-point numbers are right for it. */
  readonly isScore?: boolean;
}

export interface SourceRow {
  /** File and row, for messages. */
  readonly where: string;
  /** As they stand, one for each field. */
  readonly values: readonly unknown[];
}

/**
 * Reads the columns of a table, as a stream of batches: Parquet, or by the file's ending JSONL (a column may go by
 * another name in each record) or tab-separated values under a header, either of them also gzipped. Throws InputError
 * naming file and row for what cannot be read, and for a required column that is missing.
 */
export async function* readRows(path: string, fields: readonly Field[]): AsyncGenerator<SourceRow[], void, void> {
  if (path.endsWith('.parquet')) yield* parquetRows(path, fields);
  else if (/\.tsv(\.gz)?$/.test(path)) yield* tsvRows(path, fields);
  else yield* jsonRows(path, fields);
}

async function* parquetRows(path: string, fields: readonly Field[]): AsyncGenerator<SourceRow[], void, void> {
  const present = await readColumnNames(path);
  const names = fields.map((field) => columnOf(path, field, present));
  const wanted = [...new Set(names.filter((name) => name !== undefined))];
  const scores = names.filter((name, i) => name !== undefined && fields[i]!.isScore === true) as string[];
  for await (const { start, rows, columns } of readTable(path, wanted, { scores })) {
    const chosen = names.map((name) => (name === undefined ? undefined : columns[wanted.indexOf(name)]));
    yield Array.from({ length: rows }, (_, i) => ({
      where: `${path}: row ${start + i}`,
      values: chosen.map((column) => column?.[i]),
    }));
  }
}

async function* tsvRows(path: string, fields: readonly Field[]): AsyncGenerator<SourceRow[], void, void> {
  let header: readonly string[] | undefined;
  let places: readonly number[] = [];
  for await (const { first, lines } of readLines(path)) {
    const rows: SourceRow[] = [];
    for (const [i, line] of lines.entries()) {
      const where = `${path}:${first + i}`;
      const cells = line.split('\t');
      if (header === undefined) {
        header = cells;
        places = fields.map((field) => cells.indexOf(columnOf(where, field, cells) ?? ''));
      } else if (cells.length !== header.length) {
        throw new InputError(`${where}: expected ${header.length} fields, got ${cells.length}`);
      } else {
        rows.push({ where, values: places.map((place) => (place < 0 ? undefined : cells[place])) });
      }
    }
    yield rows;
  }
}

async function* jsonRows(path: string, fields: readonly Field[]): AsyncGenerator<SourceRow[], void, void> {
  for await (const { first, lines } of readLines(path)) {
    yield lines.map((line, i) => {
      const where = `${path}:${first + i}`;
      const record = parseRecord(line, where);
      return {
        where,
        values: fields.map((field) => {
          const name = field.aliases.find((alias) => Object.hasOwn(record, alias));
          if (name === undefined && field.required) throw missing(where, field, Object.keys(record));
          return name === undefined ? undefined : record[name];
        }),
      };
    });
  }
}

function columnOf(where: string, field: Field, present: readonly string[]): string | undefined {
  const name = field.aliases.find((alias) => present.includes(alias));
  if (name === undefined && field.required) throw missing(where, field, present);
  return name;
}

function missing(where: string, { title, aliases }: Field, present: readonly string[]): InputError {
  const columns = present.map((name) => show(name)).join(', ') || 'none';
  return new InputError(`${where}: no ${title} (${aliases.join(', ')}); columns are ${columns}`);
}

function parseRecord(line: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new InputError(`${where}: not JSON`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${where}: not a JSON object`);
  }
  return value as Readonly<Record<string, unknown>>;
}
