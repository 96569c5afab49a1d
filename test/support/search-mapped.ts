/*
 * Run as a process of its own: opens a `.npy` file, searches it for the rows of another, once within the codes' reach and
 * once beyond it, and prints what was found and how much memory the process took in kilobytes, before and at most.
 */
import { readFile } from 'node:fs/promises';
import { readNpy } from '#src/encoder/npy.js';
import { VectorIndex } from '#src/vector/vector-index.js';

const [corpus, queries, few, many] = process.argv.slice(2) as [string, string, string, string];

async function memory(name: string): Promise<number> {
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(await readFile('/proc/self/status', 'latin1'))![1]);
}

const before = await memory('VmRSS');
const wanted = await readNpy(queries);
using index = await VectorIndex.open(corpus);
const searches = [];
for (const k of [few, many].map(Number)) {
  const { indices, scores, report } = await index.search(wanted, { k });
  searches.push({ indices: [...indices], scores: [...scores], fallbacks: report.fallbacks });
}
const { size, zeroVectors } = index;
process.stdout.write(JSON.stringify({ size, zeroVectors, searches, before, most: await memory('VmHWM') }));
