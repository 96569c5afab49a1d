import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { checkWritableFolder } from '../common/writable-folder.js';
import { makeFolder } from '../common/write-atomic.js';

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

/** A folder beside its place, which it takes when it is whole. */
export class OutputFolder {
  /** Where to write. */
  readonly folder: string;
  readonly #path: string;
  /** Folders made for it, innermost last. */
  readonly #made: readonly string[];

  private constructor(path: string, folder: string, made: readonly string[]) {
    this.#path = path;
    this.folder = folder;
    this.#made = made;
  }

  static async create(path: string): Promise<OutputFolder> {
    const target = resolve(path);
    const made: string[] = [];
    try {
      await makeFolder(dirname(target), made);
      const folder = join(dirname(target), `.${basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
      await mkdir(folder);
      return new OutputFolder(target, folder, made);
    } catch (error) {
      throw new InputError(`${path}: cannot be written (${messageOf(error)})`, { cause: error });
    }
  }

  /** Puts it in place; a set that is there goes when `force` is given. */
  async commit(force: boolean): Promise<void> {
    await checkOutput(this.#path, force);
    const old = `${this.folder}.old`;
    const replaces = await stat(this.#path).catch(() => undefined);
    try {
      if (replaces !== undefined) await rename(this.#path, old);
      await rename(this.folder, this.#path).catch(async (error: unknown) => {
        if (replaces !== undefined) await rename(old, this.#path);
        throw error;
      });
    } catch (error) {
      throw new InputError(`${this.#path}: cannot be written (${messageOf(error)})`, { cause: error });
    }
    await rm(old, { recursive: true, force: true });
  }

  /** Leaves nothing behind, nor folders that were made for it. Does nothing after commit. */
  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true }).catch(() => undefined);
    for (const made of this.#made.toReversed()) await rmdir(made).catch(() => undefined);
  }
}
