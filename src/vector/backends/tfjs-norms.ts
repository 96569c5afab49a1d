import { InputError } from '../../common/errors.js';
import type { TfjsTensor } from './tfjs-core.js';
import { type TfjsRuntime, withBackend } from './tfjs-runtime.js';

/** Norms whose squares float32 holds with room to spare. */
const SMALLEST = 1e-15;
const LARGEST = 1e15;

/**
 * What the scores of each row of `tensor` have to be multiplied by, [rows]: the reciprocal of its norm, or of the largest
 * norm of all; 0 for a zero row. Throws InputError for a row that float32 cannot tell the norm of.
 */
export async function reciprocalNorms(
  runtime: TfjsRuntime,
  tensor: TfjsTensor,
  divideBy: 'norm' | 'largest-norm',
): Promise<Float32Array> {
  const { core } = runtime;
  const made = withBackend(runtime, () =>
    core.tidy(() => ({ sums: core.sum(core.square(tensor), 1), peaks: core.max(core.abs(tensor), 1) })),
  );
  const [sums, peaks] = await Promise.all([made.sums.data(), made.peaks.data()]);
  made.sums.dispose();
  made.peaks.dispose();
  const norms = Float64Array.from(sums, Math.sqrt);
  let largest = 0;
  for (const [row, norm] of norms.entries()) {
    // The square of what is tiny is 0.
    if (peaks[row] !== 0 && !(norm >= SMALLEST && norm <= LARGEST)) {
      throw new InputError(`tensor: the norm of row ${row} must be 0 or between 1e-15 and 1e15`);
    }
    largest = Math.max(largest, norm);
  }
  return Float32Array.from(norms, (norm) => (norm === 0 ? 0 : 1 / (divideBy === 'norm' ? norm : largest)));
}
