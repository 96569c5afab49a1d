/* What is asked: batches of queries over sets of embeddings, for the best by cosine. */
import { MOST } from '../common/rounds.mjs';
import { ALL_SYNSETS, WORDNET } from '../common/wordnet.mjs';

export const K = 100;
export const MOST_QUERIES = 1_000;
/** One task of NanoMTEB has so many queries and documents: what slow engines are asked. */
const NANO = { queries: 200, documents: 10_000 };

/** Searches of a batch in a trial; of one query, another one each time. */
const BATCHES = [
  { queries: 1_000, repetitions: 3 },
  { queries: 200, repetitions: 5 },
  { queries: 16, repetitions: 10 },
  { queries: 1, repetitions: 30 },
];
const SOME = BATCHES.filter(({ queries }) => queries !== 16);
const NANO_BATCH = BATCHES.filter(({ queries }) => queries === NANO.queries);

/**
 * `sizes`: documents, the smaller being the head of the largest; `depths`: other numbers of results, asked by the batch of a
 * Nano task over the middle size.
 */
export const WORK = {
  small: [
    { name: WORDNET, dimension: 512, sizes: [10_000], batches: SOME, depths: [] },
    { name: 'Gaussian', dimension: 768, sizes: [10_000], batches: SOME, depths: [] },
  ],
  full: [
    { name: 'Gaussian', dimension: 768, sizes: [10_000, 100_000, 1_000_000], batches: BATCHES, depths: [10, 1_000] },
    { name: 'clustered', dimension: 768, sizes: [100_000], batches: SOME, depths: [] },
    { name: WORDNET, dimension: 512, sizes: [10_000, ALL_SYNSETS], batches: SOME, depths: [] },
    { name: 'SciFact', dimension: 512, sizes: [5_183], batches: SOME, depths: [] },
    { name: 'Gaussian', dimension: 384, sizes: [100_000], batches: NANO_BATCH, depths: [] },
    { name: 'Gaussian', dimension: 1_024, sizes: [100_000], batches: NANO_BATCH, depths: [] },
  ],
};

/** Lower precisions of this package. */
export const PRECISIONS = ['int8', 'binary'];

/** What an engine is asked of a work's batches. Where searches are long, one of each batch is enough. */
export function batchesFor({ isSlow, isSmall }, batches, size) {
  if ((isSlow || isSmall) && size > NANO.documents) return [];
  const asked = isSlow ? batches.filter(batchOfNano) : batches;
  if (!isSlow && size < MOST) return asked;
  return asked.map(({ queries }) => ({ queries, repetitions: queries === 1 ? 10 : 1 }));
}

export const batchOfNano = ({ queries }) => queries === NANO.queries;

const number = (value) => value.toLocaleString('en');
export const sizeName = ({ name, dimension }, size) => `${name} ${dimension}, ${number(size)} documents`;
export const workName = ({ name, dimension }, queries, size, k) => {
  return `${number(queries)} x ${number(size)} ${name} ${dimension}${k === K ? '' : `, top ${k}`}`;
};
