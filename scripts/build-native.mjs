/*
 * Builds the native core: with CMake (cmake-js), or where that is missing with node-gyp. Both leave it where
 * src/native/addon.ts looks.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { run } from './run.mjs';

if (spawnSync('cmake', ['--version']).status === 0) {
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  run(process.execPath, [cmakeJs, 'compile', '--out', 'build/cmake']);
} else {
  process.stderr.write('cmake is not installed: building with node-gyp\n');
  run(process.execPath, ['scripts/build-gyp.mjs']);
}
