import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { show } from '../common/check.js';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { makeFolder } from '../common/write-atomic.js';

/** The files that a converted dataset has, in its folder or that of a task; a folder with any other is never replaced. */
const ownFile =
  /^(?:[^/]+\/)?(?:(?:corpus|queries|docs)\.jsonl|qrels\.[^/]+\.trec|qrels\/[^/]+\.tsv|candidates\/[^/]+\.run|[^/]+\/[^/]+\.parquet)$/;

/**
 * Has `write` fill a folder beside `path`, which then takes that place: nothing half written is seen there. Throws
 * InputError when something is there already; with `force`, a dataset is replaced, and nothing else.
 */
export async function writeFolder(
  path: string,
  force: boolean,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  await checkTarget(path, force);
  const made: string[] = [];
  const folder = join(dirname(target), `.${basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
  let done = false;
  try {
    await atTarget(path, async () => {
      await makeFolder(dirname(target), made);
      await mkdir(folder);
    });
    await write(folder);
    await checkTarget(path, force);
    await atTarget(path, () => putInPlace(folder, target));
    done = true;
  } finally {
    if (!done) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      for (const parent of made.toReversed()) await rmdir(parent).catch(() => undefined);
    }
  }
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

async function checkTarget(path: string, force: boolean): Promise<void> {
  if (!(await isThere(path))) return;
  if (!force) throw new InputError(`${path}: is there already; --force replaces a dataset`);
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => undefined);
  if (entries === undefined) throw new InputError(`${path}: is not a folder, and is not replaced`);
  for (const entry of entries) {
    const name = relative(path, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
    if (!entry.isDirectory() && !(entry.isFile() && ownFile.test(name))) {
      throw new InputError(`${path}: holds ${show(name)}, which is not of a dataset, and is not replaced`);
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw new InputError(`${path}: cannot be written (${messageOf(error)})`, { cause: error });
    },
  );
}
