/*
 * `npm run bench`: each trial in a process of its own, three rounds one after the other, medians of all samples.
 * Prints one line per piece of work; TENBIN_ISA and TENBIN_THREADS choose what it runs on.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { coreConfiguration } from '../dist/index.js';

const ROUNDS = 3;
const trials = ['bm25', 'vector'].map((name) => ({
  name,
  path: fileURLToPath(new URL(`${name}.mjs`, import.meta.url)),
}));

const { isa, threads } = coreConfiguration();
process.stdout.write(`${cpus()[0]?.model}; Node ${process.version}; ${isa}, ${threads} threads\n\n`);

/** work -> milliseconds of every repetition */
const samples = new Map();
for (let round = 0; round < ROUNDS; round++) {
  for (const { path } of trials) {
    const measured = JSON.parse(execFileSync(process.execPath, [path], { encoding: 'utf8' }));
    for (const [work, times] of Object.entries(measured)) samples.set(work, [...(samples.get(work) ?? []), ...times]);
  }
}
for (const [work, times] of samples) {
  times.sort((a, b) => a - b);
  const quantile = (q) => times[Math.floor(q * (times.length - 1))].toFixed(2).padStart(9);
  process.stdout.write(`${work.padEnd(56)}${quantile(0.5)} ms  (${quantile(0.25)} to ${quantile(0.75)})\n`);
}
