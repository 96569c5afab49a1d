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

/** Settings of the surroundings that would hold a library back, or give it more threads than the others. */
const FOREIGN = /^(OPENBLAS|GOTO|OMP|GOMP|KMP|MKL|BLIS|NUMBA)_/;

/**
 * Every library gets the same number of threads. Those that wait sleep: OpenMP's spin by default, and take the time of
 * another's where a library holds two pools.
 */
function environment(threads) {
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
  if (threads === undefined) return rest;
  const count = String(threads);
  return {
    ...rest,
    TENBIN_THREADS: count,
    OMP_NUM_THREADS: count,
    OMP_WAIT_POLICY: 'PASSIVE',
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    NUMBA_NUM_THREADS: count,
  };
}
