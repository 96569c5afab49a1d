/*
 * Configures, builds and runs the C++ tests. `--sanitizers` does so under AddressSanitizer with
 * UndefinedBehaviorSanitizer, then under ThreadSanitizer.
 */
import { availableParallelism } from 'node:os';
import { run } from './run.mjs';

const variants = process.argv.includes('--sanitizers')
  ? [
      { folder: 'build/ctest-asan', flags: ['-DTENBIN_SANITIZE=ON', '-DCMAKE_BUILD_TYPE=RelWithDebInfo'] },
      { folder: 'build/ctest-tsan', flags: ['-DTENBIN_SANITIZE_THREADS=ON', '-DCMAKE_BUILD_TYPE=RelWithDebInfo'] },
    ]
  : [{ folder: 'build/ctest', flags: ['-DCMAKE_BUILD_TYPE=Release'] }];

for (const { folder, flags } of variants) {
  run('cmake', ['-S', '.', '-B', folder, '-DTENBIN_TESTS=ON', ...flags]);
  run('cmake', ['--build', folder, '--parallel', String(availableParallelism())]);
  run('ctest', ['--test-dir', folder, '--output-on-failure']);
}
