/* `npm run bench -- --help`. What the figures mean and how they are measured: docs/performance.md. */
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { benchAnalysis } from './analysis/run.mjs';
import { benchAudit } from './audit/run.mjs';
import { compareReports } from './common/compare.mjs';
import { Limits } from './common/limits.mjs';
import { describeMachine, machineText } from './common/machine.mjs';
import { bestPeersText, partText } from './common/part-text.mjs';
import { progress } from './common/progress.mjs';
import { benchEndToEnd } from './end-to-end/run.mjs';
import { benchGpu } from './gpu/run.mjs';
import { benchGrowth } from './growth/run.mjs';
import { benchBm25 } from './lexical/run.mjs';
import { benchMetrics } from './metrics/run.mjs';
import { benchVector } from './vector/run.mjs';

/** Each takes { size, threads, limits } and returns a Part. */
const PARTS = {
  bm25: benchBm25,
  vector: benchVector,
  analysis: benchAnalysis,
  metrics: benchMetrics,
  'end-to-end': benchEndToEnd,
  growth: benchGrowth,
  audit: benchAudit,
  gpu: benchGpu,
};

const options = yargs(process.argv.slice(2))
  .scriptName('npm run bench --')
  .usage('$0 [options]\n\nMeasures this package beside its peers and the limits of this machine.')
  .option('only', { choices: Object.keys(PARTS), array: true, describe: 'These parts alone' })
  .option('size', {
    choices: ['small', 'full'],
    default: 'full',
    describe: 'small takes minutes, full an hour or more',
  })
  .option('json', { type: 'string', requiresArg: true, describe: 'Also writes everything measured to this file' })
  .option('compare', { type: 'string', requiresArg: true, describe: 'A file of --json, of an earlier run' })
  .option('charts', {
    type: 'string',
    requiresArg: true,
    default: 'build/bench/charts',
    describe: 'Folder of the charts',
  })
  .epilogue(
    'TENBIN_BENCH_CACHE: folder of texts and embeddings; TENBIN_BENCH_PYTHON: interpreter of the peers in Python;\nTENBIN_THREADS. bench/peers/README.md says how to get the peers.',
  )
  .version(false)
  .strict()
  .check(({ _: words }) => words.length === 0 || `${words[0]}: not an option; parts are chosen by --only`)
  .parseSync();

const before = options.compare === undefined ? undefined : readReport(options.compare);
if (options.json !== undefined) orExit(options.json, () => closeSync(openSync(options.json, 'a')));
const threads = Number(process.env.TENBIN_THREADS) || availableParallelism();
const report = { date: new Date().toISOString(), size: options.size, threads, machine: describeMachine(), parts: [] };
process.stdout.write(`${report.date}, ${options.size}, ${threads} threads\n${machineText(report.machine)}\n`);

progress("the machine's limits");
const limits = new Limits(threads);
limits.measure({ scans: options.size === 'full' });
process.stdout.write(`${limits.text()}\n`);

for (const name of options.only ?? Object.keys(PARTS)) {
  const part = (await PARTS[name]({ size: options.size, threads, limits })).toJSON();
  report.parts.push(part);
  writeCharts(part.charts);
  report.limits = limits.toJSON();
  // After every part, so that an end in between loses one.
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${partText(part)}\n`);
}
process.stdout.write(bestPeersText(report.parts));
if (before !== undefined) process.stdout.write(`\n${compareReports(before, report)}\n`);

function readReport(path) {
  return orExit(path, () => {
    const read = JSON.parse(readFileSync(path, 'utf8'));
    if (!Array.isArray(read.parts)) throw new Error('not a report of this benchmark');
    return read;
  });
}

/** What `use` of a file returns; ends the process with a line that names it when that fails. */
function orExit(path, use) {
  try {
    return use();
  } catch (error) {
    process.stderr.write(`${path}: ${error.message}\n`);
    process.exit(1);
  }
}

function writeCharts(charts) {
  if (charts.length > 0) mkdirSync(options.charts, { recursive: true });
  for (const { file, svg } of charts) writeFileSync(join(options.charts, file), svg);
}
