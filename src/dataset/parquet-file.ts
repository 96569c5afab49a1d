import { type FileHandle, open } from 'node:fs/promises';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { readStruct } from './thrift-compact.js';

/** Hard limits: more than any real collection needs, little enough that a hostile file cannot exhaust the machine. */
export const limits = {
  rows: 2 ** 24,
  /** Values of one column in one row group. */
  groupValues: 1 << 24,
  /** The same for a column of lists, which the decoder takes whole. */
  groupListValues: 1 << 22,
  /** Compressed bytes of one column in one row group: what is held while its rows are handed out. */
  groupBytes: 1 << 30,
  footerBytes: 1 << 26,
  stringBytes: 1 << 26,
} as const;

/** `PAR1`, little endian. */
const magic = 0x31524150;

/** Opens a file for reading; InputError when it is missing or not readable. */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const reason = errorCode(error) === 'ENOENT' ? 'no such file' : `cannot be read (${messageOf(error)})`;
    throw new InputError(`${path}: ${reason}`, { cause: error });
  }
}

/** Reads and checks the footer of an open file; `size` is the file's, in bytes. */
export async function readFooter(path: string, handle: FileHandle): Promise<{ metadata: FileMetaData; size: number }> {
  const stat = await handle.stat();
  const { size } = stat;
  if (!stat.isFile()) throw new InputError(`${path}: not a file`);
  if (size < 12) throw notReadable(path, `${size} bytes`);
  const tail = new DataView(await readBytes(path, handle, size - 8, size));
  if (tail.getUint32(4, true) !== magic) throw notReadable(path, 'it does not end in PAR1');
  const length = tail.getUint32(0, true);
  if (length > size - 12) throw notReadable(path, `footer of ${length} bytes in a file of ${size}`);
  if (length > limits.footerBytes) throw tooMuch(path, 'bytes of footer', length, limits.footerBytes);
  const footer = await readBytes(path, handle, size - 8 - length, size);
  const metadata = await corrupt(path, () => {
    readStruct(new Uint8Array(footer, 0, length), 0);
    return parquetMetadata(footer, { geoparquet: false });
  });
  let rows = 0;
  for (const { num_rows } of metadata.row_groups) {
    if (typeof num_rows !== 'bigint' || num_rows < 0n) throw notReadable(path, `row group of ${num_rows} rows`);
    rows += Number(num_rows);
  }
  if (rows > limits.rows) throw tooMuch(path, 'rows', rows, limits.rows);
  const announced = Number(metadata.num_rows);
  if (rows !== announced) throw notReadable(path, `${rows} rows where ${announced} are announced`);
  return { metadata, size };
}

/** Bytes `start` to `end` (exclusive) of an open file. */
export async function readBytes(path: string, handle: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done).catch((error: unknown) => {
      throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
    });
    if (bytesRead === 0) throw notReadable(path, 'it became shorter while it was read');
    done += bytesRead;
  }
  return bytes.buffer;
}

/** Runs code that meets what hyparquet made of the file: every complaint is about the file. */
export async function corrupt<T>(path: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof InputError) throw error;
    // A TypeError means that the decoder looked for something that the damaged file does not have.
    const reason = error instanceof TypeError ? 'it is damaged' : messageOf(error).split('\n', 1)[0];
    throw notReadable(path, reason ?? '', error);
  }
}

export function notReadable(path: string, reason: string, cause?: unknown): InputError {
  return new InputError(`${path}: not a readable Parquet file (${reason})`, { cause });
}

export function tooMuch(path: string, what: string, value: number, limit: number): InputError {
  return new InputError(`${path}: ${value} ${what}, more than the ${limit} that are allowed`);
}
