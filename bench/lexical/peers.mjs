/*
 * Who is measured, and what a trial is asked; see ../common/peers.mjs.
 *
 * task           result
 * version        a string
 * search         { kind of queries: [{ queries, ms: [ms a query, ...], allocated }] }: by the number of queries in a call,
 *                which is 1 alone for engines that take no more; `allocated` bytes a query, or null; writes the documents of
 *                each query, best first, to `lists`/<kind>.u32, k numbers of 32 bits a query, NONE where there are fewer
 * index-tokens   { ms, bytes }: from lists of words; bytes is by how much the process grew at the most, or null
 * index-text     the same from text, split, lower-cased and stemmed by the peer's own analyzer
 * analysis       { analyzer: [milliseconds, ...] } of `analyzers`
 *
 * job            { documents, queries: { kind: path }, batches: [queries in a call, ...], lists, k, k1, b }: texts stand
 *                one a line
 */
import { node, python } from '../common/peers.mjs';

/** Fills the list of a query that finds fewer than k documents. */
export const NONE = 0xffffffff;

export const PEERS = [
  { name: 'tenbin', command: node('tenbin.mjs'), builds: ['index-text'] },
  { name: 'bm25s', command: python('bm25s_trial.py'), builds: ['index-tokens', 'index-text'] },
  { name: 'minisearch', command: node('minisearch.mjs'), builds: ['index-text'], isSlow: true },
  { name: 'wink-bm25', command: node('wink.mjs'), builds: ['index-text'], isSlow: true },
  { name: 'orama', command: node('orama.mjs'), builds: ['index-text'], isSlow: true },
  { name: 'flexsearch', command: node('flexsearch.mjs'), builds: ['index-text'], isSlow: true },
  { name: 'okapibm25', command: node('okapibm25.mjs'), builds: [], isSlow: true },
  { name: 'JavaScript', command: node('plain-bm25.mjs'), builds: ['index-text'], isSlow: true },
  { name: 'SQLite FTS5', command: python('sqlite_fts5.py'), builds: ['index-text'], isSlow: true },
  { name: 'Xapian', command: python('xapian_trial.py'), builds: ['index-tokens', 'index-text'], isSlow: true },
];
