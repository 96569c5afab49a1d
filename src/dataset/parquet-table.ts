import type { FileHandle } from 'node:fs/promises';
import { type AsyncBuffer, type DecodedArray, type FileMetaData, parquetScan, parquetSchema } from 'hyparquet';
import { type Cell, CellReader } from './parquet-cells.js';
import { UnfoldedPages } from './parquet-codecs.js';
import { type IdColumn, idColumn } from './parquet-column.js';
import { corrupt, limits, notReadable, openFile, readBytes, readFooter, tooMuch } from './parquet-file.js';
import { checkChunk } from './parquet-guard.js';

/** A stretch of rows, column by column. */
export interface TableBatch {
  /** Row of the file that `columns[...][0]` is; rows count from 0. */
  readonly start: number;
  readonly rows: number;
  /** One array of `rows` cells for each column asked for, in that order. */
  readonly columns: readonly (readonly Cell[])[];
  /** The same for each column asked for in UTF-8. */
  readonly encoded: readonly (readonly (Uint8Array | null)[])[];
}

/** Rows decoded at a time: at least this many, and more where they are short. */
const batchRows = 1000;
const batchBytes = 1 << 24;
/** Each decoding goes through the headers of all pages before it, so a row group takes no more of them than this. */
const batchesPerGroup = 64;
/** Bytes of text handed out at a time, but for one row that is longer. */
const handedBytes = 1 << 25;

/**
 * Reads columns of strings or whole numbers of a Parquet file, and those named as `scores` of floating-point ones too, a
 * thousand rows or 16 MiB of text at a time, and never more than 32 MiB but for a single row, whatever the size of pages
 * and row groups. Columns of `encoded` come as UTF-8, which is checked, and no strings are made. Meanwhile the bytes of
 * one row group's wanted columns are held, and 32 MiB or three of its pages unfolded, never the file. Throws InputError
 * naming the file when it is missing, cut off, corrupt, not Parquet or beyond the limits, and naming the column when it is
 * not there or holds something else. No bytes reach the decoder unchecked (parquet-guard.ts).
 */
export async function* readTable(
  path: string,
  columns: readonly string[],
  { encoded = [], scores = [] }: { encoded?: readonly string[]; scores?: readonly string[] } = {},
): AsyncGenerator<TableBatch, void, void> {
  const handle = await openFile(path);
  try {
    const { metadata, size } = await readFooter(path, handle);
    const wanted = await corrupt(path, () => {
      return [...columns, ...encoded].map((name) => idColumn(path, metadata, name, scores.includes(name)));
    });
    let start = 0;
    for (const [group, { num_rows }] of metadata.row_groups.entries()) {
      yield* readGroup({ path, handle, size, metadata, group, start, rows: Number(num_rows) }, wanted, columns.length);
      start += Number(num_rows);
    }
  } finally {
    await handle.close();
  }
}

/** The names of a Parquet file's top-level columns, from its footer. Throws InputError as `readTable` does. */
export function readColumnNames(path: string): Promise<string[]> {
  return inFooter(path, (metadata) => parquetSchema(metadata).children.map(({ element }) => element.name));
}

/** The number of rows, from the footer. Throws InputError as `readTable` does. */
export function countRows(path: string): Promise<number> {
  return inFooter(path, ({ row_groups }) => row_groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0));
}

async function inFooter<T>(path: string, read: (metadata: FileMetaData) => T): Promise<T> {
  const handle = await openFile(path);
  try {
    const { metadata } = await readFooter(path, handle);
    return await corrupt(path, () => read(metadata));
  } finally {
    await handle.close();
  }
}

interface Group {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
  readonly metadata: FileMetaData;
  readonly group: number;
  readonly start: number;
  readonly rows: number;
}

/** The first `strings` columns are handed out as strings, the others as UTF-8. */
async function* readGroup(
  source: Group,
  columns: readonly IdColumn[],
  strings: number,
): AsyncGenerator<TableBatch, void, void> {
  const { path, metadata, rows, start } = source;
  if (rows === 0) return;
  const pages = new UnfoldedPages();
  const chunks: Chunk[] = [];
  let bytes = 0;
  for (const column of columns) {
    const { chunk, unfolded } = await readChunk(source, column, pages);
    chunks.push(chunk);
    bytes += unfolded;
  }
  const nested = chunks.some(({ nested }) => nested);
  const scan = await corrupt(path, () =>
    parquetScan({
      file: inMemory(source.size, chunks),
      metadata,
      columns: columns.map(({ name }) => name),
      compressors: pages.compressors,
      useOffsetIndex: false,
      // A page is decoded whole, so its bytes become strings only where they are handed out.
      parsers: { stringFromBytes: (bytes) => bytes },
    }),
  );
  const fitting = Math.max(batchRows, Math.floor((rows * batchBytes) / Math.max(bytes, 1)));
  // The decoder starts a column of lists from its beginning every time.
  const step = nested ? rows : Math.max(fitting, Math.ceil(rows / batchesPerGroup));
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row);
    const range = { rowStart: start + row, rowEnd: start + row + count };
    const decoded: DecodedArray[] = [];
    for (const { name } of columns) {
      const values = await corrupt(path, () => scan.readColumn({ column: name, ...range }));
      if (values.length !== count) throw notReadable(path, `${values.length} of ${count} rows in column ${name}`);
      decoded.push(values);
    }
    yield* handOut({ path, start: range.rowStart, rows: count, columns, strings, decoded });
  }
}

interface Decoded {
  readonly path: string;
  readonly start: number;
  readonly rows: number;
  readonly columns: readonly IdColumn[];
  readonly strings: number;
  readonly decoded: readonly DecodedArray[];
}

function* handOut({ path, start, rows, columns, strings, decoded }: Decoded): Generator<TableBatch, void, void> {
  let from = 0;
  while (from < rows) {
    const cells: Cell[][] = [];
    const encoded: (Uint8Array | null)[][] = [];
    for (const i of columns.keys()) (i < strings ? cells : encoded).push([]);
    const reader = new CellReader(path);
    let row = from;
    // A string that rows share, as those of a dictionary do, is made once.
    for (; row < rows && (row === from || reader.bytes < handedBytes); row++) {
      for (let i = 0; i < columns.length; i++) {
        const value = decoded[i]![row];
        const { name } = columns[i]!;
        if (i < strings) cells[i]!.push(reader.cell(value, start + row, name));
        else encoded[i - strings]!.push(reader.utf8(value, start + row, name));
      }
    }
    yield { start: start + from, rows: row - from, columns: cells, encoded };
    from = row;
  }
}

/** Bytes of the file that hold one column of one row group. */
interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly buffer: ArrayBuffer;
  /** Whether its rows are lists. */
  readonly nested: boolean;
}

async function readChunk(
  source: Group,
  column: IdColumn,
  pages: UnfoldedPages,
): Promise<{ chunk: Chunk; unfolded: number }> {
  const { path, handle, size, metadata, group, rows } = source;
  const { start, end, shape } = await corrupt(path, () => column.chunk(metadata, group, rows));
  if (!(start >= 0 && end >= start && end <= size)) throw notReadable(path, `column ${column.name} lies outside it`);
  const length = end - start;
  if (length > limits.groupBytes) throw tooMuch(path, `bytes in row group ${group}`, length, limits.groupBytes);
  const nested = shape.maximumRepetition > 0;
  const allowed = nested ? limits.groupListValues : limits.groupValues;
  if (!(shape.values <= allowed)) throw tooMuch(path, `values in row group ${group}`, shape.values, allowed);
  const buffer = await readBytes(path, handle, start, end);
  const unfolded = await corrupt(path, () => checkChunk(new Uint8Array(buffer), shape, pages.check));
  return { chunk: { start, end, buffer, nested }, unfolded };
}

/** The file as hyparquet sees it: only the chunks that have been read and checked. */
function inMemory(byteLength: number, chunks: readonly Chunk[]): AsyncBuffer {
  return {
    byteLength,
    slice(start, end) {
      const chunk = chunks.find((candidate) => candidate.start === start && candidate.end === end);
      if (!chunk) throw new RangeError(`bytes ${start} to ${end} were not checked`);
      return chunk.buffer;
    },
  };
}
