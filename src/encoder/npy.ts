import { type FileHandle, open } from 'node:fs/promises';
import { fail } from '../common/check.js';
import type { Embeddings } from '../common/embeddings.js';
import { InputError, messageOf } from '../common/errors.js';
import { AtomicFile } from '../common/write-atomic.js';
import { COMPONENT_BYTES, formatHeader, headerSpan, type NpyHeader, PREFIX_BYTES, parseHeader } from './npy-header.js';

/** Files are read and written in pieces of this size: a single call stops at 2 GiB. A multiple of 8. */
const CHUNK_BYTES = 2 ** 24;

/**
 * Reads a matrix of vectors from a `.npy` file of `<f4`, or of `<f2` or `<f8` made float32 (a double is rounded).
 * InputError naming the file when it is anything else, shorter than its header says, or longer.
 */
export async function readNpy(path: string): Promise<Embeddings> {
  const file = await open(path, 'r').catch((error) => {
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  });
  try {
    const header = await readHeader(path, file);
    const data = allocate(path, header);
    if (header.type === '<f4') await fill(path, file, new Uint8Array(data.buffer), header.offset);
    else await convert(path, file, header, data);
    return { data, count: header.rows, dimension: header.columns };
  } finally {
    await file.close();
  }
}

/** Writes embeddings as a float32 `.npy` file, whole or not at all. */
export async function writeNpy(path: string, { data, count, dimension }: Embeddings): Promise<void> {
  if (data.length !== count * dimension) fail('embeddings.data', `of length ${count} x ${dimension}`, data);
  const file = await AtomicFile.create(path);
  try {
    await file.write(formatHeader(count, dimension));
    for (let start = 0; start < data.byteLength; start += CHUNK_BYTES) {
      const bytes = Math.min(CHUNK_BYTES, data.byteLength - start);
      await file.write(new Uint8Array(data.buffer, data.byteOffset + start, bytes));
    }
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function readHeader(path: string, file: FileHandle): Promise<NpyHeader> {
  const info = await file.stat();
  if (!info.isFile()) throw new InputError(`${path}: is not a file`);
  const { size } = info;
  const prefix = Buffer.alloc(Math.min(PREFIX_BYTES, size));
  await fill(path, file, prefix, 0);
  const { start, end } = headerSpan(path, prefix);
  if (end > size) throw new InputError(`${path}: truncated inside its header`);
  const text = Buffer.alloc(end - start);
  await fill(path, file, text, start);
  const header = parseHeader(path, text.toString('latin1'), end);

  const { rows, columns, type } = header;
  const expected = end + rows * columns * COMPONENT_BYTES[type];
  if (size === expected) return header;
  const promise = `${rows} x ${columns} ${type} need ${expected} bytes, the file has ${size}`;
  throw new InputError(`${path}: ${size < expected ? 'truncated' : 'bytes after the last row'}: ${promise}`);
}

function allocate(path: string, { rows, columns }: NpyHeader): Float32Array {
  try {
    return new Float32Array(rows * columns);
  } catch (error) {
    throw new InputError(`${path}: ${rows} x ${columns} components do not fit in memory`, { cause: error });
  }
}

/** Fills `target` from `offset` of the file on. */
async function fill(path: string, file: FileHandle, target: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const bytes = Math.min(CHUNK_BYTES, target.length - done);
    const { bytesRead } = await file.read(target, done, bytes, offset + done);
    if (bytesRead === 0) throw new InputError(`${path}: truncated while being read`);
    done += bytesRead;
  }
}

async function convert(path: string, file: FileHandle, header: NpyHeader, data: Float32Array): Promise<void> {
  const size = COMPONENT_BYTES[header.type];
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, data.length * size));
  const halves = header.type === '<f2' ? halfTable() : undefined;
  for (let start = 0; start < data.length; ) {
    const count = Math.min(chunk.length / size, data.length - start);
    await fill(path, file, chunk.subarray(0, count * size), header.offset + start * size);
    if (halves === undefined) {
      data.set(new Float64Array(chunk.buffer, 0, count), start);
    } else {
      const codes = new Uint16Array(chunk.buffer, 0, count);
      for (let i = 0; i < count; i++) data[start + i] = halves[codes[i]!]!;
    }
    start += count;
  }
}

/** The value of each of the 65,536 half-precision numbers (IEEE 754 binary16); all of them are float32 values. */
function halfTable(): Float32Array {
  return Float32Array.from({ length: 0x10000 }, (_, code) => {
    const sign = code & 0x8000 ? -1 : 1;
    const exponent = (code >> 10) & 0x1f;
    const fraction = code & 0x3ff;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
  });
}
