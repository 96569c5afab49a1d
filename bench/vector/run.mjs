import { fileURLToPath } from 'node:url';
import { withSpread } from '../common/statistics.mjs';
import { markdownTable } from '../common/table.mjs';
import { runTrial } from '../common/trial.mjs';

const ROUNDS = 3;
const trial = [process.execPath, fileURLToPath(new URL('trial.mjs', import.meta.url))];

/** Times of the exact vector index, on as many threads as TENBIN_THREADS says; returns a Markdown table. */
export function benchVector() {
  /** work -> milliseconds of every repetition */
  const samples = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [work, times] of Object.entries(runTrial(trial))) {
      samples.set(work, [...(samples.get(work) ?? []), ...times]);
    }
  }
  return markdownTable(
    ['vector', 'ms'],
    [...samples].map(([work, times]) => [work, withSpread(times)]),
  );
}
