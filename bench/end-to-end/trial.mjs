/*
 * `trial.mjs PROFILE FOLDER`, with a folder of `tasksFolder`: does what `tenbin evaluate` does, in this process, and
 * prints as JSON how long it took from the start of the process, by stage too, what it took of the processors, and how
 * much memory.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peakMemory } from '../common/memory.mjs';
import { datasetPath, embeddingsPath } from './paths.mjs';

const [profile, folder] = process.argv.slice(2);
const output = mkdtempSync(join(tmpdir(), 'tenbin-bench-'));

async function main() {
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...words());
  const { write } = process.stdout;
  process.stdout.write = () => true; // the table of scores
  await import('../../dist/cli/main.js');
  process.stdout.write = write;
  const milliseconds = performance.now();
  const { user, system } = process.cpuUsage();
  const peakBytes = peakMemory();
  if (process.exitCode !== undefined) throw new Error(`evaluate ended with ${process.exitCode}`);
  const results = await readResults();
  const report = {
    milliseconds,
    cpuMilliseconds: (user + system) / 1000,
    peakBytes,
    stages: stagesOf(results, milliseconds),
    tasks: results.length,
    queries: sum(results.map(({ counts }) => counts.queries)),
    documents: sum(results.map(({ counts }) => counts.documents)),
    ndcg: sum(results.map(({ metrics }) => metrics['ndcg@10'])) / results.length,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function words() {
  const shared = ['--dataset', datasetPath(folder), '--output', output];
  if (profile === 'bm25') return ['evaluate', 'bm25', ...shared];
  return ['evaluate', profile, '--encoder', `precomputed:${embeddingsPath(folder)}`, ...shared];
}

async function readResults() {
  const { readResult } = await import('../../dist/index.js');
  const files = readdirSync(output, { recursive: true }).filter((path) => path.endsWith('.json'));
  const results = await Promise.all(files.map((path) => readResult(join(output, path))));
  return results.sort((a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt));
}

/**
 * Milliseconds of each stage over all tasks; what went before the first task, and what is left: writing results and
 * printing them.
 */
function stagesOf(results, milliseconds) {
  const first = results[0];
  const firstTask = 1000 * sum(Object.values(first.seconds));
  const stages = { start: Date.parse(first.finishedAt) - performance.timeOrigin - firstTask };
  for (const { seconds } of results) {
    for (const [stage, time] of Object.entries(seconds)) stages[stage] = (stages[stage] ?? 0) + 1000 * time;
  }
  return { ...stages, rest: milliseconds - sum(Object.values(stages)) };
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

try {
  await main();
} finally {
  rmSync(output, { recursive: true, force: true });
}
