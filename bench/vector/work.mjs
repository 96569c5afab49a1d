/* What is asked: batches of queries over sets of embeddings, for the 100 best by cosine. */

/** `sizes`: documents; the smaller are the head of the largest. */
export const SETS = [
  { name: 'Gaussian', dimension: 768, sizes: [10_000, 100_000] },
  { name: 'clustered', dimension: 768, sizes: [10_000, 100_000] },
  { name: 'SciFact', dimension: 512, sizes: [5_183] },
];

export const MOST_QUERIES = 1_000;
const FEW_DOCUMENTS = 10_000;

/** A batch of one is asked for one query after the other, in so many samples. */
export function batchesOf(size) {
  const batches = [
    { queries: MOST_QUERIES, repetitions: 3 },
    { queries: 200, repetitions: 5 },
  ];
  return size > FEW_DOCUMENTS ? [...batches, { queries: 1, repetitions: 30 }] : batches;
}

/** What slow engines are asked instead: 200 queries over 10,000 documents, which is one task of NanoMTEB. */
export const SMALL_WORK = { set: 'Gaussian', size: 10_000, batches: [{ queries: 200, repetitions: 1 }] };

/** Lower precisions of this package, over the largest size of a set. */
export const PRECISIONS = ['int8', 'binary'];
export const PRECISION_BATCHES = [{ queries: MOST_QUERIES, repetitions: 3 }];

/** Without those that take minutes. */
export const quickSizes = ({ sizes }) => sizes.filter((size) => size <= FEW_DOCUMENTS);

const number = (value) => value.toLocaleString('en');
export const workName = (set, queries, size) => `${set.name} ${set.dimension}, ${number(queries)} x ${number(size)}`;
export const sizeName = (set, size) => `${set.name} ${set.dimension}, ${number(size)} documents`;
