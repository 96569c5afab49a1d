/*
 * `node scripts/fuzz.mjs [seconds]`: runs each fuzz target under AddressSanitizer and UndefinedBehaviorSanitizer for so
 * long, by default 30 seconds. With CXX=clang++ by libFuzzer. An input that breaks a target stays in its build folder.
 */
import { availableParallelism } from 'node:os';
import { run } from './run.mjs';

const TARGETS = ['split', 'bm25_file'];
const seconds = process.argv[2] ?? '30';
const clang = (process.env.CXX ?? '').includes('clang');
const folder = clang ? 'build/fuzz-clang' : 'build/fuzz';

run('cmake', [
  '-S',
  '.',
  '-B',
  folder,
  '-DTENBIN_FUZZ=ON',
  '-DTENBIN_SANITIZE=ON',
  '-DCMAKE_BUILD_TYPE=RelWithDebInfo',
]);
run('cmake', ['--build', folder, '--parallel', String(availableParallelism())]);
for (const target of TARGETS) {
  process.stdout.write(`fuzz_${target}, ${seconds} s\n`);
  run(`./fuzz_${target}`, [clang ? `-max_total_time=${seconds}` : seconds], { cwd: `${folder}/native/fuzz` });
}
process.stdout.write(`mutated Parquet files, ${seconds} s\n`);
run('npx', ['tsc', '-b']);
const seed = String(Date.now() % 1e9);
run(process.execPath, ['--max-old-space-size=256', 'build/test/support/fuzz-parquet.js', seed, '1000000000', seconds]);
