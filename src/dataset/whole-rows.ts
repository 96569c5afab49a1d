import { InputError } from '../common/errors.js';
import { readChunks } from './text-lines.js';

const blockBytes = 1 << 22;
const maximumRowBytes = 1 << 27;

/**
 * The bytes of a file, unpacked when it ends in `.gz`, cut into blocks of whole rows. `cut(bytes, isLast)` says where the
 * last whole row ends, 0 when there is none yet. Throws InputError when a row is longer than 128 MiB.
 */
export async function* wholeRows(
  path: string,
  cut: (bytes: Buffer, isLast: boolean) => number,
): AsyncGenerator<Buffer, void, void> {
  let pieces: Buffer[] = [];
  let size = 0;
  let done = 0;
  let wanted = blockBytes;
  for await (const chunk of readChunks(path)) {
    pieces.push(chunk);
    size += chunk.length;
    if (size < wanted) continue;
    const bytes = Buffer.concat(pieces, size);
    const end = cut(bytes, false);
    if (end > 0) yield bytes.subarray(0, end);
    pieces = [bytes.subarray(end)];
    size -= end;
    done += end;
    if (size > maximumRowBytes) {
      throw new InputError(`${path}: the row at byte ${done} is longer than ${maximumRowBytes} bytes`);
    }
    // A row longer than a block is not to be looked through at each of its chunks.
    wanted = end > 0 ? blockBytes : 2 * size;
  }
  const rest = Buffer.concat(pieces, size);
  const end = cut(rest, true);
  if (end > 0) yield rest.subarray(0, end);
}

/** Bytes of the mark in front of a file: 3 or 0. */
export function byteOrderMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}
