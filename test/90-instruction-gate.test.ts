import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { scratch } from './support/collections.js';

type Counts = Record<string, Record<string, number>>;

const part = (file: string) => import(pathToFileURL(resolve('bench/instructions', file)).href);
const { compareCounts } = (await part('compare.mjs')) as {
  compareCounts(baseline: Counts, counts: Counts): { failures: string[]; gains: string[] };
};
const { buildProgram } = (await part('../common/native-program.mjs')) as { buildProgram(target: string): string };

const GATE = 'bench/instructions/run.mjs';
const missing = ['valgrind', 'cmake'].filter((program) => spawnSync(program, ['--version']).error !== undefined);
if (process.arch !== 'x64') missing.push('an x86-64 processor');
const counting = missing.length === 0 || process.env.CI ? test.serial : test.skip;
const why = missing.length === 0 ? '' : ` (skipped without ${missing.join(', ')})`;

function gate(args: readonly string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [GATE, ...args], { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

test('a count may rise by 3 % and not more; as great a fall is told', (t) => {
  const against = (now: number) => compareCounts({ avx2: { hamming: 1000 } }, { avx2: { hamming: now } });
  for (const now of [971, 1000, 1029, 1030]) {
    const { failures, gains } = against(now);
    t.deepEqual([failures, gains], [[], []], String(now));
  }
  t.deepEqual(against(1031).failures, ['hamming (avx2): +3.10% instructions, more than the 3% that are allowed']);
  t.deepEqual(against(970).failures, []);
  t.deepEqual(against(970).gains, ['hamming (avx2)']);
});

test('a case that only the baseline or only the program has is an error, in whole instruction sets too', (t) => {
  const baseline = { avx2: { hamming: 1000, old: 10 } };
  t.deepEqual(compareCounts(baseline, { avx2: { hamming: 1000, new: 10 } }).failures, [
    'old (avx2): in the baseline, but not counted any more; run with --update to drop it',
    'new (avx2): not in the baseline; run with --update to add it',
  ]);
  t.is(compareCounts(baseline, {}).failures.length, 2);
  t.is(compareCounts({}, baseline).failures.length, 2);
});

test('the committed baseline is not overwritten with some of its cases', (t) => {
  const { status, stderr } = gate(['--update', '--only', 'hamming']);
  t.deepEqual(
    [status, stderr],
    [1, 'Error: --update --only needs --baseline: the counts of the other cases would be lost\n'],
  );
});

test('without Valgrind the gate says so, and fails where it is required', async (t) => {
  const PATH = await scratch();
  const told = 'instruction counts are not compared: valgrind is not installed\n';
  t.deepEqual(gate([], { PATH }), { status: 0, stdout: '', stderr: `skipped: ${told}` });
  t.deepEqual(gate(['--require'], { PATH }), { status: 1, stdout: '', stderr: `Error: ${told}` });
});

counting(`a slowed kernel trips the gate, alone and in what calls it, and nothing else does${why}`, async (t) => {
  t.timeout(300_000);
  const baseline = ['--baseline', join(await scratch(), 'baseline.json')];
  const only = ['dot_tile', 'hamming', 'vector search float32'].flatMap((name) => ['--only', name]);
  t.deepEqual(gate(['--update', ...baseline, ...only]), { status: 0, stdout: '', stderr: '' });

  const again = gate([...baseline, ...only]);
  t.is(again.status, 0, again.stderr);
  t.is([...again.stdout.matchAll(/\| 0\.00 +\|$/gm)].length, 6, 'counts are the same each time');

  const slowed = gate([...baseline, ...only, '--program', buildProgram('tenbin_slowed_kernel_counts')]);
  t.is(slowed.status, 1);
  t.deepEqual(
    [...slowed.stderr.matchAll(/^Error: (.+): \+[\d.]+% instructions, /gm)].map(([, named]) => named),
    ['dot_tile (avx2)', 'vector search float32 (avx2)', 'dot_tile (baseline)', 'vector search float32 (baseline)'],
  );
});

counting(`counts of another compiler are not compared, which is an error where it is required${why}`, async (t) => {
  t.timeout(300_000);
  const file = join(await scratch(), 'baseline.json');
  await writeFile(file, JSON.stringify({ toolchain: 'GCC 1.0', counts: {} }));
  const told =
    /^(\w+): instruction counts are not compared: the baseline is of GCC 1\.0, this machine has \S.*, x86-64, /;
  const optional = gate(['--baseline', file]);
  t.deepEqual([optional.status, told.exec(optional.stderr)?.[1]], [0, 'skipped'], optional.stderr);
  const required = gate(['--baseline', file, '--require']);
  t.deepEqual([required.status, told.exec(required.stderr)?.[1]], [1, 'Error'], required.stderr);
});

counting(`a case that there is not is refused, and every kernel has one${why}`, async (t) => {
  t.timeout(300_000);
  const { status, stderr } = gate(['--update', '--baseline', join(await scratch(), 'none.json'), '--only', 'none']);
  t.is(status, 1);
  const cases = /^Error: --only none: not one of (.+)$/m.exec(stderr)?.[1]?.split(', ') ?? [];
  const { operations } = JSON.parse(await readFile('native/sources.json', 'utf8')) as { operations: string[] };
  t.deepEqual(
    operations.filter((kernel) => !cases.includes(kernel)),
    [],
  );
  const committed = JSON.parse(await readFile('bench/instructions/baseline.json', 'utf8')) as { counts: Counts };
  for (const counts of Object.values(committed.counts)) t.deepEqual(Object.keys(counts), cases);
});
