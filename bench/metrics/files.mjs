/* A run of 1,000 queries with 1,000 documents each, and judgements of it, in TREC's formats. Made once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder, hashOf } from '../common/cache.mjs';
import { seeded } from '../common/sample.mjs';

export const QUERIES = 1_000;
export const DEPTH = 1_000;
const DOCUMENTS = 100_000;
const JUDGED = 50;
const GRADES = 4;

export const runPath = (folder) => join(folder, 'run.txt');
export const qrelsPath = (folder) => join(folder, 'qrels.txt');

export function runFolder() {
  const hash = hashOf(
    'run',
    ['files.mjs', '../common/sample.mjs'].map((name) => fileURLToPath(new URL(name, import.meta.url))),
  );
  return cachedFolder(`run-${hash}`, (folder) => {
    const random = seeded(4);
    const run = [];
    const qrels = [];
    for (let query = 0; query < QUERIES; query++) {
      const ranked = distinct(random, DEPTH);
      for (const [i, document] of ranked.entries()) {
        run.push(`q${query} Q0 doc-${document} ${i + 1} ${(30 - 0.02 * i - 0.02 * random()).toFixed(6)} bench\n`);
      }
      // Half of what is judged was found, the more relevant near the top.
      for (let judged = 0; judged < JUDGED; judged++) {
        const found =
          judged % 2 === 0 ? ranked[Math.floor(DEPTH * random() ** 3)] : Math.floor(DOCUMENTS * random()) + DOCUMENTS;
        qrels.push([query, found, Math.floor(GRADES * random())]);
      }
    }
    const unique = new Map(qrels.map(([query, document, grade]) => [`q${query} 0 doc-${document}`, grade]));
    writeFileSync(runPath(folder), run.join(''));
    writeFileSync(qrelsPath(folder), [...unique].map(([judged, grade]) => `${judged} ${grade}\n`).join(''));
  });
}

function distinct(random, count) {
  const chosen = new Set();
  while (chosen.size < count) chosen.add(Math.floor(DOCUMENTS * random()));
  return [...chosen];
}
