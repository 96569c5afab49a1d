import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { InputError, messageOf } from '../common/errors.js';

/**
 * Opens the first `<name>.node` that loads: a local build comes before the prebuilt binary, for who builds wants to run
 * what was built. Throws InputError, one line, that calls the addon `what`, tells what was tried, and ends with
 * `remedy`.
 */
export function loadAddon<T>(name: string, what: string, remedy: string): T {
  const require = createRequire(import.meta.url);
  const tried: string[] = [];
  for (const path of candidatePaths(name)) {
    if (!existsSync(path)) {
      tried.push(`${path}: no such file`);
      continue;
    }
    try {
      return require(path) as T;
    } catch (error) {
      tried.push(`${path}: ${messageOf(error)}`);
    }
  }
  const host = `${process.platform}-${process.arch}, Node ${process.version}`;
  throw new InputError(`${what} cannot be loaded on ${host}; tried ${tried.join('; ')}. ${remedy}`);
}

function candidatePaths(name: string): string[] {
  const prebuild = `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;
  return [`build/cmake/Release/${name}.node`, `build/Release/${name}.node`, `prebuilds/${prebuild}/${name}.node`].map(
    (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url)),
  );
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header !== undefined && report.header.glibcVersionRuntime === undefined;
}
