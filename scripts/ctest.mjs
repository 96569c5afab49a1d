/*
 * Configures, builds and runs the C++ tests. `--sanitizers` does so under AddressSanitizer with
 * UndefinedBehaviorSanitizer, then under ThreadSanitizer; `--aarch64` for 64-bit Arm, in QEMU's emulation (on Debian:
 * g++-aarch64-linux-gnu and qemu-user). They need CMake; where it is missing that is said, and in CI
 * it is an error.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { run } from './run.mjs';

const all = {
  native: [{ folder: 'build/ctest', flags: ['-DCMAKE_BUILD_TYPE=Release'] }],
  '--sanitizers': [
    { folder: 'build/ctest-asan', flags: ['-DTENBIN_SANITIZE=ON', '-DCMAKE_BUILD_TYPE=RelWithDebInfo'] },
    { folder: 'build/ctest-tsan', flags: ['-DTENBIN_SANITIZE_THREADS=ON', '-DCMAKE_BUILD_TYPE=RelWithDebInfo'] },
  ],
  '--aarch64': [
    {
      folder: 'build/ctest-aarch64',
      flags: [
        ...['-DCMAKE_BUILD_TYPE=Release', '-DCMAKE_SYSTEM_NAME=Linux', '-DCMAKE_SYSTEM_PROCESSOR=aarch64'],
        '-DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++',
        '-DCMAKE_CROSSCOMPILING_EMULATOR=qemu-aarch64;-L;/usr/aarch64-linux-gnu',
      ],
    },
  ],
};
const variants = all[process.argv[2] ?? 'native'];

if (spawnSync('cmake', ['--version']).status !== 0) {
  process.stderr.write('skipped: the C++ tests need CMake, which is not installed\n');
  process.exit(process.env.CI ? 1 : 0);
}
for (const { folder, flags } of variants) {
  run('cmake', ['-S', '.', '-B', folder, '-DTENBIN_TESTS=ON', ...flags]);
  run('cmake', ['--build', folder, '--parallel', String(availableParallelism())]);
  run('ctest', ['--test-dir', folder, '--output-on-failure']);
}
