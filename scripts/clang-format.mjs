/* Formats the C++ sources in place; with `--check` only says which differ, and fails. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from './run.mjs';

const files = readdirSync('native', { recursive: true })
  .filter((path) => /\.(cc|h|cu|cuh)$/.test(path))
  .map((path) => join('native', path))
  .sort();
const mode = process.argv.includes('--check') ? ['--dry-run', '--Werror'] : ['-i'];
const clangFormat = createRequire(import.meta.url).resolve('clang-format/index.js');
run(process.execPath, [clangFormat, ...mode, ...files]);
