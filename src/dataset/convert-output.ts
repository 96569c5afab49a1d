import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { isThere } from '../common/write-folder.js';

/** The files that a converted dataset has, in its folder or that of a task; a folder with any other is never replaced. */
const ownFile =
  /^(?:[^/]+\/)?(?:(?:corpus|queries|docs)\.jsonl|qrels\.[^/]+\.trec|qrels\/[^/]+\.tsv|candidates\/[^/]+\.run|[^/]+\/[^/]+\.parquet)$/;

/** Throws InputError when something is at `path` already; with `force`, a dataset may be, and nothing else. */
export async function checkTarget(path: string, force: boolean): Promise<void> {
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
