/* Run as a process of its own, on the instruction set that it is given: reads cases as JSON, prints what it finds. */
import { json } from 'node:stream/consumers';
import { collectionOf, type NearTies, searched } from './near-ties.js';

const results = [];
for (const one of (await json(process.stdin)) as NearTies[]) {
  results.push(await searched(one, collectionOf(one), 'simd'));
}
process.stdout.write(JSON.stringify(results));
