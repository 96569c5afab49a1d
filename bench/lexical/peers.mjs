/*
 * Who is measured. A trial is a process: `<command> <task> <job as JSON>` prints its result as JSON.
 *
 * task           result
 * version        a string
 * search         { kind of queries: { batch: [ms a query, ...], single: [...] } }; writes the documents of each query, best
 *                first, to `lists`/<kind>.u32, k numbers of 32 bits a query, NONE where there are fewer
 * index-tokens   { ms, bytes }: from lists of words; bytes is by how much the process grew at the most, or null
 * index-text     the same from text, split, lower-cased and stemmed by the peer's own analyzer
 * analysis       { analyzer: [megabytes a second, ...] }
 *
 * job            { documents, queries: { kind: path }, lists, k, k1, b }: texts stand one a line
 */
import { fileURLToPath } from 'node:url';
import { runTrial } from '../common/trial.mjs';

export const K = 100;
export const K1 = 1.2;
export const B = 0.75;
/** Fills the list of a query that finds fewer than K documents. */
export const NONE = 0xffffffff;

const script = (name) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
/** wink-bm25-text-search and minisearch outgrow Node's usual heap at 100,000 documents. */
const node = (name) => [process.execPath, '--expose-gc', '--max-old-space-size=16384', script(name)];
const python = (name) => [process.env.TENBIN_BENCH_PYTHON ?? 'python3', script(name)];

/** Engines far from the front are measured in one round, the others in all. */
export const PEERS = [
  { name: 'tenbin', command: node('tenbin.mjs'), builds: ['index-text'] },
  { name: 'bm25s', command: python('bm25s_trial.py'), builds: ['index-tokens', 'index-text'] },
  { name: 'minisearch', command: node('minisearch.mjs'), builds: ['index-text'], once: true },
  { name: 'wink-bm25', command: node('wink.mjs'), builds: ['index-text'], once: true },
];

/** Does a task in a process of its own; throws an Error that says why it failed. */
export function ask(peer, task, job = {}, threads = 1) {
  return runTrial([...peer.command, task, JSON.stringify(job)], threads);
}

/** Splits the peers into those that run here, with their version, and those that do not, with the reason. */
export function findPeers() {
  const found = [];
  const missing = [];
  for (const peer of PEERS) {
    try {
      found.push({ ...peer, version: ask(peer, 'version') });
    } catch (error) {
      missing.push({ name: peer.name, reason: error.message });
    }
  }
  return { found, missing };
}
