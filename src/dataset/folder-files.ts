import { readdir } from 'node:fs/promises';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';

/** Sorted names in a folder; none where there is no such folder. */
export async function listEntries(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort(compareIds);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw new InputError(`${folder}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}
