/*
 * `node fuzz-parquet.js SEED COUNT [SECONDS]`: reads so many mutated Parquet files, or as many as it can in so many
 * seconds. Before each it writes its number to stdout, so that who watches can tell which one hangs or kills the process.
 * Exits with 1 when one ends in anything but an InputError that names the file.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable } from '#src/dataset/parquet-table.js';
import { Dice, mutate } from './mutate.js';
import { parquetSamples } from './parquet-samples.js';

const [seed = 1, count = 1000, seconds = Number.POSITIVE_INFINITY] = process.argv.slice(2).map(Number);
const samples = await parquetSamples();
const folder = await mkdtemp(join(tmpdir(), 'tenbin-fuzz-'));
const path = join(folder, 'x.parquet');
const end = performance.now() + 1000 * seconds;
let refused = 0;
let read = 0;
try {
  for (let i = 0; i < count && performance.now() < end; i++) {
    process.stdout.write(`${i}\n`);
    const dice = new Dice(seed + i);
    const sample = samples[dice.below(samples.length)]!;
    await writeFile(path, mutate(sample.bytes, samples[dice.below(samples.length)]!.bytes, dice));
    try {
      for await (const batch of readTable(path, sample.columns, { scores: sample.scores ?? [] })) read += batch.rows;
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'InputError' || !message.startsWith(path) || message.includes('\n')) {
        process.stderr.write(`seed ${seed + i}, ${sample.what}: ${(error as Error).stack}\n`);
        process.exitCode = 1;
        break;
      }
      refused++;
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ refused, read, megabytes })}\n`);
