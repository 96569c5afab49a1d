/* Builds the programs of native/bench. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where the addon is built: what the programs measure is the core that it holds. */
const BUILD = join(ROOT, 'build', 'cmake');
/** Where the C++ tests are built, among which that of the GPU is. */
const TESTS = join(ROOT, 'build', 'ctest');

/** Returns where the program is. Throws an Error that says why it could not be built. */
export function buildProgram(target) {
  if (!existsSync(join(BUILD, 'CMakeCache.txt'))) throw new Error(`${BUILD} is not there: npm run build:native`);
  cmake(['--build', BUILD, '--target', target, '--parallel', String(availableParallelism())]);
  return join(BUILD, 'native', 'bench', target);
}

/** The same for the program of native/cuda, which needs nvcc. */
export function buildGpuProgram() {
  cmake(['-S', ROOT, '-B', TESTS, '-DTENBIN_TESTS=ON', '-DCMAKE_BUILD_TYPE=Release']);
  cmake(['--build', TESTS, '--target', 'bench_cuda', '--parallel', String(availableParallelism())]);
  return join(TESTS, 'native', 'cuda', 'bench_cuda');
}

function cmake(args) {
  const { error, status, stdout, stderr } = spawnSync('cmake', args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`cmake: ${error.message}`);
  if (status !== 0) throw new Error(`cmake ${args.join(' ')}\n${stdout}${stderr}`);
}
