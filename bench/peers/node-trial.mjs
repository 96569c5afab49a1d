import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { memory, resetPeak } from '../common/memory.mjs';
import { NONE } from '../lexical/peers.mjs';

/** Enough documents for the compiler to have seen the code before it is timed. */
const WARM_UP_DOCUMENTS = 500;
const ALLOCATION_ATTEMPTS = 5;
/** No further attempt after so long. */
const ALLOCATION_MS = 1_000;
/** The memory of array buffers is given back a little after a collection. */
const SWEEPING_MS = 20;

/** Does the task that the command line names, with the job that it gives as JSON, and prints what comes of it as JSON. */
export async function runTask(tasks) {
  const [task, job] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await tasks[task](JSON.parse(job))));
}

/** Version of the package in `folder`, relative to this one. */
export function packageVersion(folder) {
  return JSON.parse(readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8')).version;
}

/** Each query's documents as k numbers, filled up with NONE. */
export function writeLists({ lists: folder, k }, kind, lists) {
  const rows = new Uint32Array(lists.length * k).fill(NONE);
  for (const [i, list] of lists.entries()) rows.set(list, i * k);
  writeFileSync(join(folder, `${kind}.u32`), rows);
}

/**
 * Bytes that a call takes from V8's heap and for array buffers, the least of some calls; null when the collector ran in each
 * of them. Needs --expose-gc.
 */
export async function allocatedBy(call) {
  let least = null;
  const start = performance.now();
  for (let attempt = 0; attempt < ALLOCATION_ATTEMPTS; attempt++) {
    if (performance.now() - start > ALLOCATION_MS) break;
    globalThis.gc();
    await setTimeout(SWEEPING_MS);
    const collections = new PerformanceObserver(() => {});
    collections.observe({ entryTypes: ['gc'] });
    const before = memoryUsage();
    await call();
    const bytes = memoryUsage() - before;
    await new Promise(setImmediate); // The observer hears of a collection a turn later.
    const collected = collections.takeRecords().length > 0;
    collections.disconnect();
    if (!collected && bytes >= 0) least = Math.min(least ?? bytes, bytes);
  }
  return least;
}

/** Milliseconds of one build, and by how many bytes the process grew at the most; null where there is no /proc. */
export async function measureBuild(documents, build) {
  await build(documents.slice(0, WARM_UP_DOCUMENTS));
  globalThis.gc();
  const before = resetPeak();
  const start = performance.now();
  await build(documents);
  const ms = performance.now() - start;
  return { ms, bytes: before === null ? null : memory('VmHWM') - before };
}

function memoryUsage() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
