/*
 * Prints entries of native/sources.json for binding.gyp, one a line:
 * `core`, `binding` (paths), `bindingDefines`, `kernels ISA` (one path per operation).
 */
import { readFileSync } from 'node:fs';

const sources = JSON.parse(readFileSync(new URL('../native/sources.json', import.meta.url), 'utf8'));
const [list, isa] = process.argv.slice(2);
const entries = {
  core: () => sources.core.map((path) => `native/${path}`),
  binding: () => sources.binding.map((path) => `native/${path}`),
  bindingDefines: () => sources.bindingDefines,
  kernels: () =>
    (sources.extensions[isa] ?? sources.operations).map((operation) => `native/kernels/${operation}_${isa}.cc`),
}[list]();
process.stdout.write(`${entries.join('\n')}\n`);
