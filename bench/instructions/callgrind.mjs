/* Instructions that native/bench/kernel_counts.cc executes, counted by Valgrind's callgrind: no clock, so no noise. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Of those that kernels are compiled for, what Valgrind can execute. */
const ISAS = ['avx2', 'baseline'];

/** As Valgrind names itself, or undefined where there is none. */
export function valgrindVersion() {
  const { error, stdout } = spawnSync('valgrind', ['--version'], { encoding: 'utf8' });
  return error === undefined ? stdout.trim() : undefined;
}

/** { toolchain, cases } of the program. */
export async function describeProgram(program) {
  const { stdout } = await run(program);
  return JSON.parse(stdout);
}

/** { [isa]: { [case]: count } }. Throws an Error with a line that names the case which failed. */
export async function countAll(program, cases) {
  const folder = await mkdtemp(join(tmpdir(), 'tenbin-instructions-'));
  const counts = Object.fromEntries(ISAS.map((isa) => [isa, Object.fromEntries(cases.map((name) => [name, 0]))]));
  const waiting = ISAS.flatMap((isa) => cases.map((name) => ({ isa, name })));
  const work = async (worker) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      counts[next.isa][next.name] = await countOne(program, next, join(folder, `counts.${worker}`));
    }
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, (_, worker) => work(worker)));
  } finally {
    await rm(folder, { recursive: true });
  }
  return counts;
}

/** Nothing of the surroundings reaches the program, whose libraries read settings from there. */
async function countOne(program, { isa, name }, file) {
  const options = ['--tool=callgrind', '--toggle-collect=tenbin_counted', `--callgrind-out-file=${file}`];
  try {
    await run('valgrind', ['--command-line-only=yes', ...options, program, name], {
      env: { PATH: process.env.PATH, TENBIN_ISA: isa },
    });
  } catch (error) {
    const lines = (error.stderr ?? error.message).trim().split('\n');
    throw new Error(`${name} (${isa}): ${lines.find((line) => line.startsWith('Error: ')) ?? lines.at(-1)}`);
  }
  const count = Number(/^totals: (\d+)$/m.exec(await readFile(file, 'utf8'))?.[1]);
  if (!(count > 0)) throw new Error(`${name} (${isa}): callgrind counted nothing`);
  return count;
}
