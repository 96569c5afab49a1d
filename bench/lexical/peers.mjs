/*
 * Who is measured, and what a trial is asked; see ../common/peers.mjs.
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
import { node, python } from '../common/peers.mjs';

export const K = 100;
export const K1 = 1.2;
export const B = 0.75;
/** Fills the list of a query that finds fewer than K documents. */
export const NONE = 0xffffffff;

/** Engines far from the front are measured in one round, the others in all. */
export const PEERS = [
  { name: 'tenbin', command: node('tenbin.mjs'), builds: ['index-text'] },
  { name: 'bm25s', command: python('bm25s_trial.py'), builds: ['index-tokens', 'index-text'] },
  { name: 'minisearch', command: node('minisearch.mjs'), builds: ['index-text'], once: true },
  { name: 'wink-bm25', command: node('wink.mjs'), builds: ['index-text'], once: true },
];
