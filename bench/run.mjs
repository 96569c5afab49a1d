/*
 * `npm run bench -- [lexical|vector|audit] [--quick]`: prints Markdown tables of medians, with half the distance between the
 * quartiles. docs/performance.md says how they are measured.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAudit } from './audit/run.mjs';
import { benchLexical } from './lexical/run.mjs';
import { benchVector } from './vector/run.mjs';

const PARTS = { lexical: benchLexical, vector: benchVector, audit: benchAudit };

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const unknown = positionals.find((part) => !Object.hasOwn(PARTS, part));
if (unknown !== undefined) {
  process.stderr.write(`${unknown}: not a part of the benchmark; there are ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(2);
}

const gibibytes = Math.round(totalmem() / 2 ** 30);
process.stdout.write(`${cpus()[0]?.model}, ${cpus().length} processors, ${gibibytes} GiB; ${process.platform}\n\n`);
for (const part of positionals.length === 0 ? Object.keys(PARTS) : positionals) {
  process.stdout.write(`${await PARTS[part](values)}\n`);
}
