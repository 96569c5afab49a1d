import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, InputError, messageOf } from './errors.js';

/**
 * Writes a file whole or not at all: a temporary file in the same folder, flushed, then renamed. Missing parent
 * folders are made. Throws InputError naming the file when the folder cannot be written.
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const file = await AtomicFile.create(path);
  try {
    await file.write(content);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** A file that is written in pieces and appears under its name only when committed. */
export class AtomicFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #handle: Awaited<ReturnType<typeof open>>;
  /** Folders made for the file, innermost last. */
  readonly #folders: readonly string[];
  #open = true;
  #committed = false;

  private constructor(
    path: string,
    temporary: string,
    handle: Awaited<ReturnType<typeof open>>,
    folders: readonly string[],
  ) {
    this.path = path;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#folders = folders;
  }

  static async create(path: string): Promise<AtomicFile> {
    const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
    const folders: string[] = [];
    try {
      await makeFolder(dirname(path), folders);
      return new AtomicFile(path, temporary, await open(temporary, 'wx'), folders);
    } catch (error) {
      await removeEmpty(folders);
      throw new InputError(`${path}: cannot be written (${messageOf(error)})`, { cause: error });
    }
  }

  async write(content: string | Uint8Array): Promise<void> {
    try {
      await this.#handle.appendFile(content);
    } catch (error) {
      throw new InputError(`${this.path}: cannot be written (${messageOf(error)})`, { cause: error });
    }
  }

  /** Flushes and renames to the final name. */
  async commit(): Promise<void> {
    try {
      // Some file systems cannot flush; the rename still never exposes a half-written file to readers.
      await this.#handle.sync().catch(() => undefined);
      await this.#close();
      await renameWithRetries(this.#temporary, this.path);
      this.#committed = true;
    } catch (error) {
      throw new InputError(`${this.path}: cannot be written (${messageOf(error)})`, { cause: error });
    }
  }

  /** Leaves nothing behind, nor folders that were made for the file. Does nothing after commit. */
  async discard(): Promise<void> {
    if (this.#committed) return;
    await this.#close().catch(() => undefined);
    await unlink(this.#temporary).catch(() => undefined);
    await removeEmpty(this.#folders);
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close();
  }
}

/**
 * `mkdir -p`, adding to `made` the folders that it made. Node's own `recursive` never returns where a parent exists but
 * refuses children, as in /proc.
 */
export async function makeFolder(path: string, made: string[] = []): Promise<void> {
  try {
    await mkdir(path);
    made.push(path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (errorCode(error) !== 'ENOENT' || path === dirname(path) || (await exists(dirname(path)))) throw error;
    await makeFolder(dirname(path), made);
    await makeFolder(path, made);
  }
}

async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) await rmdir(folder).catch(() => undefined);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Windows refuses the rename while a reader or a virus scanner holds the target. */
async function renameWithRetries(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (attempt === 8 || !['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt));
    }
  }
}
