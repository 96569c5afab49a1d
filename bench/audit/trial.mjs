/* `trial.mjs read FILE` or `trial.mjs audit FILE DATASET`: prints seconds, seconds of the CPU and bytes at the peak as JSON. */
import { createReadStream } from 'node:fs';
import { auditTraining } from '../../dist/audit/audit-training.js';
import { openDataset } from '../../dist/dataset/open-dataset.js';
import { peakMemory } from '../common/memory.mjs';

const [task, file, dataset] = process.argv.slice(2);

async function read() {
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) bytes += chunk.length;
  return bytes;
}

/** Time counts from the first row on: reading and indexing the dataset is not the audit's speed. */
async function audit() {
  const tasks = await openDataset(dataset);
  const onProgress = ({ stage }) => {
    if (stage === 'indexing') begin();
  };
  const { matches } = await auditTraining([file], tasks, { onProgress });
  if (matches !== 0) throw new Error(`${matches} matches where there are none`);
}

let start = 0;
let cpu = process.cpuUsage();
function begin() {
  start = performance.now();
  cpu = process.cpuUsage();
}

begin();
await (task === 'read' ? read() : audit());
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(`${JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakBytes: peakMemory() })}\n`);
