/* Trials of an engine for vectors in this process; see bench/vector/peers.mjs for what a trial is asked and prints. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNpy } from '../../dist/index.js';
import { memory, resetPeak } from '../common/memory.mjs';
import { sample } from '../common/sample.mjs';
import { allocatedBy, runTask } from './node-trial.mjs';

/**
 * @param version the engine's, a string or a function of the job
 * @param open makes the index: (documents, job) => { search, hasIndex }; `search` takes { data, count, dimension } and
 *   returns { documents, scores }, arrays of k numbers a query, best first; `hasIndex` is false when `open` has nothing to
 *   do
 */
export function runVectorTrial({ version, open }) {
  return runTask({
    version: (job) => (typeof version === 'string' ? version : version(job)),

    async search(job) {
      const documents = await readNpy(job.documents);
      const queries = await readNpy(job.queries);
      globalThis.gc();
      const before = resetPeak();
      const start = performance.now();
      const { search, hasIndex = true } = await open(documents, job);
      const index = hasIndex ? performance.now() - start : null;

      const largest = Math.max(...job.batches.map((batch) => batch.queries));
      const batches = [];
      let found;
      for (const { queries: count, repetitions } of job.batches) {
        let next = 0;
        let last;
        const ms = await sample(repetitions, async () => {
          const first = count === 1 ? next++ : 0;
          last = await search(rows(queries, first, first + count));
        });
        const bytes = await allocatedBy(() => search(rows(queries, 0, count)));
        batches.push({ queries: count, ms, allocated: bytes === null ? null : bytes / count });
        if (count === largest) found = last;
      }
      writeFileSync(join(job.lists, 'documents.u32'), Uint32Array.from(found.documents));
      writeFileSync(join(job.lists, 'scores.f32'), Float32Array.from(found.scores));
      return { index, batches, bytes: before === null ? null : memory('VmHWM') - before };
    },
  });
}

function rows({ data, dimension }, start, end) {
  return { data: data.subarray(start * dimension, end * dimension), count: end - start, dimension };
}
