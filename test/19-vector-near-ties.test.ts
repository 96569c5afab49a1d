import { spawn } from 'node:child_process';
import { json, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import fc from 'fast-check';
import { coreConfiguration } from '#src/native/addon.js';
import { backendStatuses } from '#src/vector/backend-statuses.js';
import type { VectorMetric } from '#src/vector/vector-options.js';
import { useBuiltFaissNode } from './support/faiss-node.js';
import { collectionOf, type Found, KINDS, type NearTies, naively, searched } from './support/near-ties.js';

/*
 * Near ties against the bounds by which a search leaves documents out: exact scores that lie closer together than codes,
 * float32 or another library can tell apart.
 */

/** Codes are asked when k is at most a quarter of the corpus; the places around that, and the ends. */
const PLACES: Record<string, (count: number) => number> = {
  first: () => 1,
  few: (count) => Math.floor(count / 40),
  'the last by codes': (count) => Math.floor(count / 4),
  'the first without codes': (count) => Math.floor(count / 4) + 1,
  'all but one': (count) => count - 1,
  all: (count) => count,
  more: (count) => count + 1,
};

const nearTies: fc.Arbitrary<NearTies> = fc
  .record({
    kind: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
    seed: fc.nat(1_000_000),
    // Around a whole number of panels of 16 documents too.
    count: fc.oneof(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 300, max: 700 }),
      fc.constantFrom(511, 512, 513),
    ),
    dimension: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(16, 64, 127, 128)),
    metric: fc.constantFrom<VectorMetric>('cosine', 'dot'),
    place: fc.constantFrom(...Object.keys(PLACES)),
    tieRule: fc.constantFrom('id-ascending' as const, 'id-descending' as const),
  })
  .map(({ place, ...rest }) => ({ ...rest, k: Math.max(1, PLACES[place]!(rest.count)) }));

useBuiltFaissNode();
const available = (await backendStatuses()).filter((status) => status.available).map((status) => status.backend);

for (const backend of available) {
  test.serial(`${backend}: near ties are ranked as the definition ranks them`, async (t) => {
    await fc.assert(
      fc.asyncProperty(nearTies, async (one) => {
        const collection = collectionOf(one);
        t.deepEqual(await searched(one, collection, backend), naively(one, collection));
      }),
      { numRuns: backend === 'simd' ? 150 : 50 },
    );
  });
}

test.serial('near ties are ranked alike on every instruction set', async (t) => {
  const cases = fc.sample(nearTies, 100);
  const expected = cases.map((one) => naively(one, collectionOf(one)));
  for (const isa of coreConfiguration().isas.usable) {
    const found = await searchedOn(isa, cases);
    t.is(found.length, cases.length, isa);
    for (const [i, one] of found.entries()) t.deepEqual(one, expected[i], `${isa}: ${JSON.stringify(cases[i])}`);
  }
});

async function searchedOn(isa: string, cases: readonly NearTies[]): Promise<Found[]> {
  const script = fileURLToPath(new URL('./support/search-near-ties.js', import.meta.url));
  const child = spawn(process.execPath, [script], { env: { ...process.env, TENBIN_ISA: isa } });
  child.stdin.end(JSON.stringify(cases));
  const [found, errors] = await Promise.all([json(child.stdout).catch(() => []), text(child.stderr)]);
  if (errors !== '') throw new Error(`${isa}: ${errors}`);
  return found as Found[];
}
