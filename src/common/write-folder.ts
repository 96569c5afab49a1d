import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, InputError, messageOf } from './errors.js';
import { makeFolder } from './write-atomic.js';

/**
 * Has `write` fill a folder beside `path`, which then takes that place: nothing half written is seen there, and nothing
 * is left behind when it fails. What is there goes, if `check`, asked before and after, does not throw. Throws InputError
 * when it cannot be written.
 */
export async function writeFolder(
  path: string,
  check: () => Promise<void>,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  await check();
  const made: string[] = [];
  const folder = join(dirname(target), `.${basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
  let done = false;
  try {
    await atTarget(path, async () => {
      await makeFolder(dirname(target), made);
      await mkdir(folder);
    });
    await write(folder);
    await check();
    await atTarget(path, () => putInPlace(folder, target));
    done = true;
  } finally {
    if (!done) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      for (const parent of made.toReversed()) await rmdir(parent).catch(() => undefined);
    }
  }
}

/** Whether there is anything of that name. Throws InputError when that cannot be told. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw new InputError(`${path}: cannot be written (${messageOf(error)})`, { cause: error });
    },
  );
}

async function atTarget(path: string, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    throw new InputError(`${path}: cannot be written (${messageOf(error)})`, { cause: error });
  });
}

async function putInPlace(folder: string, target: string): Promise<void> {
  const old = `${folder}.old`;
  const replaces = await isThere(target);
  if (replaces) await rename(target, old);
  await rename(folder, target).catch(async (error: unknown) => {
    if (replaces) await rename(old, target);
    throw error;
  });
  await rm(old, { recursive: true, force: true });
}
