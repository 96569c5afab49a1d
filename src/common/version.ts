import { createRequire } from 'node:module';

/** This package's version. */
export function packageVersion(): string {
  return (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
}
