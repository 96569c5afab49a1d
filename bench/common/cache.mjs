import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of what is made once, in $TENBIN_BENCH_CACHE or the system's for temporary files; `make` fills one that gets
 * its name when it is whole. The name must change with whatever makes it, see hashOf.
 */
export async function cachedFolder(name, make) {
  const folder = join(process.env.TENBIN_BENCH_CACHE ?? join(tmpdir(), 'tenbin-bench'), name);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await make(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Twelve digits that change with `what`, anything that JSON can hold, and with the bytes of files. */
export function hashOf(what, files) {
  const hash = createHash('sha256').update(JSON.stringify(what));
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
