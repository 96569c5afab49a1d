import { existsSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/**
 * A folder of the real collections, which lie beside the checkout and are not part of it. Undefined when it is not
 * there: the test then passes with a line that names it, but in CI it fails.
 */
export function collection(t: ExecutionContext, path: string): string | undefined {
  const folder = join('..', 'shared', 'data', path);
  if (existsSync(folder)) return folder;
  if (process.env.CI) t.fail(`${folder} must be there in CI`);
  t.log(`skipped, ${folder} is not there: ${t.title}`);
  t.pass();
  return undefined;
}

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder of the test's own, removed when the tests end. */
export async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenbin-'));
  folders.push(folder);
  return folder;
}
