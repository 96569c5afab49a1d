import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { decodeUtf8 } from './utf8.js';

/** Consecutive lines of a file, without their ends. */
export interface LineBlock {
  /** Number of the first line, counted from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

const chunkBytes = 1 << 20;
const maximumLineBytes = 1 << 27;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads a UTF-8 file line by line in blocks, gunzipping a `.gz`. Lines end in LF or CRLF and nothing else: U+2028 may
 * stand inside a JSON string. Throws InputError `file: ...` or `file:line: ...` when the file cannot be read, a line is
 * not UTF-8 or is longer than 128 MiB.
 */
export async function* readLines(path: string): AsyncGenerator<LineBlock, void, void> {
  let first = 1;
  let pieces: Buffer[] = [];
  let pieceBytes = 0;
  for await (const chunk of readChunks(path)) {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end);
      const line = pieces.length > 0 ? Buffer.concat([...pieces, tail]) : tail;
      lines.push(decodeLine(path, first + lines.length, line));
      pieces = [];
      pieceBytes = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      pieces.push(chunk.subarray(start));
      pieceBytes += chunk.length - start;
      if (pieceBytes > maximumLineBytes) {
        throw new InputError(`${path}:${first + lines.length}: line is longer than ${maximumLineBytes} bytes`);
      }
    }
    if (lines.length > 0) yield { first, lines };
    first += lines.length;
  }
  if (pieces.length > 0) yield { first, lines: [decodeLine(path, first, Buffer.concat(pieces))] };
}

/** The bytes of a file, unpacked when it ends in `.gz`. Throws InputError naming it when it cannot be read. */
export async function* readChunks(path: string): AsyncGenerator<Buffer, void, void> {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  let stream: Readable = file;
  if (path.endsWith('.gz')) {
    const gunzip = createGunzip({ chunkSize: chunkBytes });
    file.on('error', (error) => gunzip.destroy(error));
    stream = file.pipe(gunzip);
  }
  try {
    yield* stream;
  } catch (error) {
    const reason = errorCode(error) === 'ENOENT' ? 'no such file' : `cannot be read (${messageOf(error)})`;
    throw new InputError(`${path}: ${reason}`, { cause: error });
  } finally {
    file.destroy();
  }
}

function decodeLine(path: string, number: number, bytes: Buffer): string {
  const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
  const line = decodeUtf8(bytes.subarray(0, end));
  if (line === undefined) throw new InputError(`${path}:${number}: not UTF-8`);
  // A byte order mark in front of the file is not text.
  return number === 1 && line.startsWith('\u{feff}') ? line.slice(1) : line;
}
