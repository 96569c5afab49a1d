import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';

/* What the benchmark makes of its figures; the benchmark itself is JavaScript, and is run by `npm run bench`. */

interface PartData {
  readonly name: string;
  readonly works: readonly unknown[];
}
interface PartBuilder {
  add(work: string, engine: string, values: readonly number[], options?: { unit: string }): void;
  describe(work: string, engine: string, facts: Record<string, unknown>): void;
  limit(work: string, of: string, value: number): void;
  toJSON(): PartData;
}
type Peers = { found: { name: string; version: string }[]; missing: { name: string; reason: string }[] };

const load = (file: string) => import(pathToFileURL(resolve('bench/common', file)).href);
const { Part } = (await load('part.mjs')) as { Part: new (name: string, peers?: Peers) => PartBuilder };
const { bestPeersText, partText } = (await load('part-text.mjs')) as {
  bestPeersText(parts: readonly PartData[]): string;
  partText(part: PartData): string;
};
const { compareReports } = (await load('compare.mjs')) as {
  compareReports(before: unknown, now: unknown): string;
};
const { exponentOf, ratioOf } = (await load('statistics.mjs')) as {
  exponentOf(points: readonly [number, number][]): number;
  ratioOf(ours: readonly number[], theirs: readonly number[]): { mean: number; low?: number; high?: number };
};

/** Ours takes `ours`, a peer 10 and a wrong one 1, in three rounds that differ a little. */
function samplePart(ours: number): PartData {
  const part = new Part('vector', {
    found: [{ name: 'tenbin', version: '1' }],
    missing: [{ name: 'absent', reason: 'it is not installed' }],
  });
  for (const round of [0.99, 1, 1.01]) {
    part.add('search', 'tenbin', [ours * round]);
    part.add('search', 'peer', [10]);
    part.add('search', 'liar', [1]);
  }
  part.describe('search', 'tenbin', { right: 1 });
  part.describe('search', 'peer', { right: 1 });
  part.describe('search', 'liar', { right: 0.5 });
  part.limit('search', 'the products', ours / 4);
  return part.toJSON();
}

test('a missing peer is named with the reason, a wrong one shown as wrong and compared with nobody', (t) => {
  const text = partText(samplePart(5));
  t.regex(text, /absent: missing \(it is not installed\)/);
  t.regex(text, /\| liar +\| 1\.00 ms ±0% +\| +\| WRONG, 50\.00%/);
  t.regex(text, /\| peer +\| 10\.0 ms ±0% +\| 0\.500 \(0\.4\d+ to 0\.5\d+\) +\| 100\.00%/);
  t.regex(text, /25% of the products/);
  t.regex(bestPeersText([samplePart(5)]), /vector: search \|.*\| peer +\| 0\.500/);
});

test('a ratio is the geometric mean of the rounds, with the interval of Student', (t) => {
  const { mean, low, high } = ratioOf([1, 4], [2, 2]);
  t.is(mean, 1);
  // The logarithms are -ln 2 and ln 2: a standard deviation of ln 2 times the root of 2, which two rounds divide by it.
  t.true(Math.abs(Math.log(high ?? 0) - 63.66 * Math.LN2) < 1e-9);
  t.true(Math.abs(Math.log(low ?? 0) + 63.66 * Math.LN2) < 1e-9);
  t.deepEqual(ratioOf([1], [2]), { mean: 0.5 });
});

test('two reports agree where the intervals of a ratio overlap', (t) => {
  const report = (ours: number) => ({ date: 'then', parts: [samplePart(ours)] });
  t.regex(compareReports(report(5), report(5.01)), /1 of 1 ratios agree/);
  const differing = compareReports(report(5), report(10));
  t.regex(differing, /0 of 1 ratios agree/);
  t.regex(differing, /vector, search, to peer/);
  t.regex(differing, /vector, search: ms \| 5\.00 +\| 10\.0 \| 2\.00/);
});

test('the exponent of a power is found', (t) => {
  const points = [10, 100, 1000].map((x): [number, number] => [x, 3 * x ** 1.5]);
  t.true(Math.abs(exponentOf(points) - 1.5) < 1e-12);
});
