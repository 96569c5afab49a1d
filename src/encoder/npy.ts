import { type FileHandle, open } from 'node:fs/promises';
import { fail } from '../common/check.js';
import type { Embeddings } from '../common/embeddings.js';
import { InputError, messageOf } from '../common/errors.js';
import {
  CHUNK_BYTES,
  COMPONENT_BYTES,
  fillFrom,
  formatHeader,
  type NpyHeader,
  readNpyHeader,
} from '../common/npy-header.js';
import { AtomicFile } from '../common/write-atomic.js';

/**
 * Reads a matrix of vectors from a `.npy` file of `<f4`, or of `<f2` or `<f8` made float32 (a double is rounded).
 * InputError naming the file when it is anything else, shorter than its header says, or longer.
 */
export async function readNpy(path: string): Promise<Embeddings> {
  const file = await open(path, 'r').catch((error) => {
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  });
  try {
    const header = await readNpyHeader(path, file);
    const data = allocate(path, header);
    if (header.type === '<f4') await fillFrom(path, file, new Uint8Array(data.buffer), header.offset);
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

function allocate(path: string, { rows, columns }: NpyHeader): Float32Array {
  try {
    return new Float32Array(rows * columns);
  } catch (error) {
    throw new InputError(`${path}: ${rows} x ${columns} components do not fit in memory`, { cause: error });
  }
}

async function convert(path: string, file: FileHandle, header: NpyHeader, data: Float32Array): Promise<void> {
  const size = COMPONENT_BYTES[header.type];
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, data.length * size));
  const halves = header.type === '<f2' ? halfTable() : undefined;
  for (let start = 0; start < data.length; ) {
    const count = Math.min(chunk.length / size, data.length - start);
    await fillFrom(path, file, chunk.subarray(0, count * size), header.offset + start * size);
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
