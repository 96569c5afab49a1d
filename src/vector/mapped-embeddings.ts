import { open } from 'node:fs/promises';
import { InputError, messageOf } from '../common/errors.js';
import { readNpyHeader } from '../common/npy-header.js';

/** Rows and columns beyond this have no place in the core's numbers. */
const MOST = 2 ** 32 - 1;

/** Where the float32 rows of a file are. */
export interface MappedEmbeddings {
  readonly path: string;
  /** Of the first component, in bytes. */
  readonly offset: number;
  readonly count: number;
  readonly dimension: number;
}

/** Reads the header of a `.npy` file. InputError naming the file unless its rows can be searched where they are. */
export async function locateEmbeddings(path: string): Promise<MappedEmbeddings> {
  const file = await open(path, 'r').catch((error) => {
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  });
  try {
    const { type, rows, columns, offset } = await readNpyHeader(path, file);
    if (type !== '<f4') {
      throw new InputError(`${path}: only <f4 can be mapped, got ${type}: readNpy makes float32 of it`);
    }
    if (offset % 4 !== 0) {
      throw new InputError(`${path}: its rows begin at byte ${offset}, not at a multiple of 4: readNpy reads it`);
    }
    if (rows > MOST || columns > MOST) throw new InputError(`${path}: more than 2^32 - 1 rows or components of a row`);
    return { path, offset, count: rows, dimension: columns };
  } finally {
    await file.close();
  }
}
