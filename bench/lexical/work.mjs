/* What is asked: queries over texts, one by one or many in a call, for the best by BM25. */
import { MOST, roundsOf } from '../common/rounds.mjs';
import { ALL_SYNSETS, WORDNET } from '../common/wordnet.mjs';

export const K = 100;
export const K1 = 1.2;
export const B = 0.75;

const BATCHES = [1, 16, 200, 1_000];

/**
 * `sizes`: documents; `slow`: so many at most for slow peers; `kinds` of queries; `batches`: queries in a call; `depths`:
 * other numbers of results, asked by the largest batch over the largest size.
 */
const GLOSSES = { name: WORDNET, sizes: [10_000], slow: 10_000, kinds: ['examples'], batches: [1, 1_000], depths: [] };
export const ALL_GLOSSES = { ...GLOSSES, sizes: [ALL_SYNSETS], batches: BATCHES, depths: [10, 1_000] };
export const ZIPF = {
  name: 'Zipf',
  sizes: [10_000, 100_000, 1_000_000],
  slow: 10_000,
  kinds: ['content', 'natural'],
  batches: BATCHES,
  depths: [],
};
export const WORK = { small: [GLOSSES], full: [GLOSSES, ALL_GLOSSES, ZIPF] };

/** Indexes of the largest texts take minutes to make elsewhere: once, which gives a ratio without an interval. */
export const buildsOf = (peer, size) => (size >= MOST ? 1 : roundsOf(peer, size));

const number = (value) => value.toLocaleString('en');
export const sizeName = (set, size) => `${set.name}, ${number(size)} documents`;
export const workName = (set, size, kind, queries, k) => {
  return `${number(queries)} ${kind} x ${number(size)} ${set.name}${k === K ? '' : `, top ${k}`}`;
};
