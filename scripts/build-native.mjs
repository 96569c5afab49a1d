/*
 * Builds the native core: with CMake (cmake-js), or where that is missing with node-gyp. Both leave it where
 * src/native/addon.ts looks.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { run } from './run.mjs';

if (spawnSync('cmake', ['--version']).status === 0) {
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const cmakeArgs = (command) => [cmakeJs, command, '--out', 'build/cmake'];
  // Configured each time: a library that was installed since the last build, such as Faiss, is found. What another
  // folder's build left (the checkout was moved) cannot be configured: it is made anew.
  const configured = spawnSync(process.execPath, cmakeArgs('configure'), { stdio: 'inherit' }).status === 0;
  run(process.execPath, cmakeArgs(configured ? 'compile' : 'rebuild'));
} else {
  process.stderr.write('cmake is not installed: building with node-gyp\n');
  run(process.execPath, ['scripts/build-gyp.mjs']);
}
