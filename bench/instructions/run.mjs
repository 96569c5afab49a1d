/*
 * `node bench/instructions/run.mjs`: counts the instructions of kernels and of whole operations and compares them with
 * baseline.json, which only holds for the compiler and libraries it names. Ends with 1 when a count has risen.
 *
 * --update         writes the counts as the new baseline
 * --require        ends with 1 when counts cannot be compared, which is otherwise only said
 * --only CASE      this case alone; may be repeated; with --update for another baseline only, which then holds no others
 * --baseline FILE  another baseline
 * --program FILE   another program than the one that is built here
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildProgram } from '../common/native-program.mjs';
import { markdownTable } from '../common/table.mjs';
import { countAll, describeProgram, valgrindVersion } from './callgrind.mjs';
import { change, compareCounts } from './compare.mjs';

const { values: options } = parseArgs({
  options: {
    update: { type: 'boolean', default: false },
    require: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    baseline: { type: 'string' },
    program: { type: 'string' },
  },
});
const baselineFile = options.baseline ?? fileURLToPath(new URL('baseline.json', import.meta.url));

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`Error: ${error.message}\n`);
  process.exitCode = 1;
}

async function main() {
  if (options.update && options.only.length > 0 && options.baseline === undefined) {
    throw new Error('--update --only needs --baseline: the counts of the other cases would be lost');
  }
  const valgrind = valgrindVersion();
  if (valgrind === undefined) return incomparable('valgrind is not installed');
  const program = options.program ?? buildProgram('tenbin_kernel_counts');
  const made = await describeProgram(program);
  const toolchain = `${made.toolchain}, ${valgrind}`;
  const baseline = options.update ? undefined : JSON.parse(readFileSync(baselineFile, 'utf8'));
  if (baseline !== undefined && baseline.toolchain !== toolchain) {
    return incomparable(`the baseline is of ${baseline.toolchain}, this machine has ${toolchain}`);
  }
  const unknown = options.only.find((name) => !made.cases.includes(name));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: not one of ${made.cases.join(', ')}`);
  const counts = await countAll(program, made.cases.filter(isAsked));
  if (baseline === undefined) {
    writeFileSync(baselineFile, `${JSON.stringify({ toolchain, counts }, null, 2)}\n`);
    return 0;
  }
  return report(compareCounts(asked(baseline.counts), counts));
}

function report({ rows, failures, gains }) {
  const number = (count) => count?.toLocaleString('en') ?? '';
  const cells = rows.map((row) => [row.name, row.isa, number(row.before), number(row.now), change(row)]);
  process.stdout.write(`${markdownTable(['case', 'instruction set', 'baseline', 'now', 'change, %'], cells)}\n`);
  if (gains.length > 0) {
    process.stdout.write(`Fewer instructions, run with --update to keep them so: ${gains.join(', ')}\n`);
  }
  for (const failure of failures) process.stderr.write(`Error: ${failure}\n`);
  return failures.length > 0 ? 1 : 0;
}

function incomparable(why) {
  const needed = options.require || options.update;
  process.stderr.write(`${needed ? 'Error' : 'skipped'}: instruction counts are not compared: ${why}\n`);
  return needed ? 1 : 0;
}

function isAsked(name) {
  return options.only.length === 0 || options.only.includes(name);
}

/** Of counts, those of the cases that are asked for. */
function asked(counts) {
  return Object.fromEntries(
    Object.entries(counts).map(([isa, of]) => [
      isa,
      Object.fromEntries(Object.entries(of).filter(([name]) => isAsked(name))),
    ]),
  );
}
