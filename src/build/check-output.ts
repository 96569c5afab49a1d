import { lstat, readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { checkWritableFolder } from '../common/writable-folder.js';

/** What tells a set from any other folder. */
const marks = ['corpus', 'queries', 'qrels', 'manifest.json'];

/**
 * Throws InputError when a set cannot be put at `path`: because something is there (with `force`, something other than
 * a set), or it cannot be written. Makes nothing.
 */
export async function checkOutput(path: string, force: boolean): Promise<void> {
  await checkWritableFolder(dirname(resolve(path)));
  const found = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new InputError(`${path}: cannot be written (${messageOf(error)})`, { cause: error });
  });
  if (found === undefined) return;
  if (!found.isDirectory()) throw new InputError(`${path}: is there, and is not a folder`);
  const names = await readdir(path);
  if (names.length === 0) return;
  if (!force) throw new InputError(`${path}: is there and not empty; force replaces a set`);
  const missing = marks.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new InputError(`${path}: is not a set (it has no ${missing.join(', ')}), and is not replaced`);
  }
}
