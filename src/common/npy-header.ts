import type { FileHandle } from 'node:fs/promises';
import { InputError } from './errors.js';

/*
 * The header of NumPy's .npy files (numpy/lib/format.py): "\x93NUMPY", version (2 bytes), the length of the text
 * (2 bytes in version 1, 4 in versions 2 and 3, little-endian), and the text, a Python dict.
 */

/** Files are read and written in pieces of this size: a single call stops at 2 GiB. A multiple of 8. */
export const CHUNK_BYTES = 2 ** 24;

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/** Bytes per component of the types that are read: half, single and double precision, little-endian. */
export const COMPONENT_BYTES = { '<f2': 2, '<f4': 4, '<f8': 8 } as const;
export type ComponentType = keyof typeof COMPONENT_BYTES;

export interface NpyHeader {
  readonly type: ComponentType;
  readonly rows: number;
  readonly columns: number;
  /** Where the first component is, in bytes. */
  readonly offset: number;
}

/** Every header begins within this many bytes; enough to learn its length. */
const PREFIX_BYTES = 12;

/**
 * Reads the header of an open file. InputError naming the file when it is none, describes anything but a matrix in C order
 * of a readable type, or the file is shorter than it says, or longer.
 */
export async function readNpyHeader(path: string, file: FileHandle): Promise<NpyHeader> {
  const info = await file.stat();
  if (!info.isFile()) throw new InputError(`${path}: is not a file`);
  const { size } = info;
  const prefix = Buffer.alloc(Math.min(PREFIX_BYTES, size));
  await fillFrom(path, file, prefix, 0);
  const { start, end } = headerSpan(path, prefix);
  if (end > size) throw new InputError(`${path}: truncated inside its header`);
  const text = Buffer.alloc(end - start);
  await fillFrom(path, file, text, start);
  const header = parseHeader(path, text.toString('latin1'), end);

  const { rows, columns, type } = header;
  const expected = end + rows * columns * COMPONENT_BYTES[type];
  if (size === expected) return header;
  const promise = `${rows} x ${columns} ${type} need ${expected} bytes, the file has ${size}`;
  throw new InputError(`${path}: ${size < expected ? 'truncated' : 'bytes after the last row'}: ${promise}`);
}

/** Fills `target` from `offset` of the file on. */
export async function fillFrom(path: string, file: FileHandle, target: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const bytes = Math.min(CHUNK_BYTES, target.length - done);
    const { bytesRead } = await file.read(target, done, bytes, offset + done);
    if (bytesRead === 0) throw new InputError(`${path}: truncated while being read`);
    done += bytesRead;
  }
}

/** Where the text of a header is, from the first PREFIX_BYTES of a file (fewer if the file is shorter). */
function headerSpan(path: string, prefix: Buffer): { readonly start: number; readonly end: number } {
  if (prefix.length < 10 || !prefix.subarray(0, 6).equals(MAGIC)) {
    throw new InputError(`${path}: not a .npy file (it does not begin with \\x93NUMPY)`);
  }
  const version = prefix[6]!;
  if (version < 1 || version > 3) throw new InputError(`${path}: .npy version ${version} is not one of 1, 2, 3`);
  if (version === 1) return { start: 10, end: 10 + prefix.readUInt16LE(8) };
  return { start: 12, end: prefix.length < 12 ? Infinity : 12 + prefix.readUInt32LE(8) };
}

/** Reads the dict. InputError unless it describes a matrix in C order of a readable type. */
function parseHeader(path: string, text: string, offset: number): NpyHeader {
  const type = /'descr':\s*(.+?),\s*(?:'fortran_order'|'shape'|\})/s.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (type === undefined || fortran === undefined || shape === undefined) {
    throw new InputError(`${path}: its .npy header lacks descr, fortran_order or shape`);
  }
  const component = /^'(<f[248])'$/.exec(type)?.[1] as ComponentType | undefined;
  if (component === undefined) {
    throw new InputError(`${path}: components must be ${Object.keys(COMPONENT_BYTES).join(', ')}, got ${type}`);
  }
  const sizes = shape.match(/\d+/g)?.map(Number) ?? [];
  if (sizes.length !== 2)
    throw new InputError(`${path}: must have 2 dimensions (rows, components), got (${shape.trim()})`);
  if (fortran === 'True') throw new InputError(`${path}: must be in C order, got Fortran order`);
  const [rows, columns] = sizes as [number, number];
  if (columns === 0) throw new InputError(`${path}: its vectors have 0 components`);
  return { type: component, rows, columns, offset };
}

/** A version 1 header for a float32 matrix in C order, padded so that the components are aligned to 64 bytes. */
export function formatHeader(rows: number, columns: number): Buffer {
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const bytes = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const header = Buffer.alloc(bytes, ' ');
  MAGIC.copy(header);
  header[6] = 1;
  header[7] = 0;
  header.writeUInt16LE(bytes - 10, 8);
  header.write(dict, 10, 'latin1');
  header[bytes - 1] = 0x0a;
  return header;
}
