import { spawnSync } from 'node:child_process';

const MAX_OUTPUT = 64 * 2 ** 20;

/**
 * Runs one trial in a process of its own and returns the JSON that it prints. Throws an Error with the line
 * that names its error when it fails.
 */
export function runTrial([command, ...args], threads) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: environment(threads),
    maxBuffer: MAX_OUTPUT,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(/^[\w.]*Error\b.*$/m.exec(stderr)?.[0] ?? `ended by ${signal ?? `code ${status}`}`);
  return JSON.parse(stdout);
}

/** Every library gets the same number of threads; what pins OpenBLAS to an old processor's kernels is taken away. */
function environment(threads) {
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...rest } = process.env;
  if (threads === undefined) return rest;
  const count = String(threads);
  return {
    ...rest,
    TENBIN_THREADS: count,
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    NUMBA_NUM_THREADS: count,
  };
}
