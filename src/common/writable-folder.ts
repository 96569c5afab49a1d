import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode, InputError, messageOf } from './errors.js';

/**
 * Throws InputError unless files can be written into `folder`, or into the nearest folder above it that exists. Makes
 * nothing: to be asked before hours of work whose results go there.
 */
export async function checkWritableFolder(folder: string): Promise<void> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    try {
      if (!(await stat(path)).isDirectory())
        throw new InputError(`${folder}: cannot be written (${path} is not a folder)`);
      await access(path, constants.W_OK);
      return;
    } catch (error) {
      if (error instanceof InputError) throw error;
      if (errorCode(error) !== 'ENOENT' || path === dirname(path)) {
        throw new InputError(`${folder}: cannot be written (${messageOf(error)})`, { cause: error });
      }
    }
  }
}
