/* One trial: exact top 100 by cosine over Gaussian embeddings of 768 dimensions. Prints { work: [ms, ...] }. */
import { VectorIndex } from '../../dist/index.js';
import { sample, seeded } from '../common/sample.mjs';

const dimension = 768;
const random = seeded(1);
const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const embeddings = (count) => ({ data: Float32Array.from({ length: count * dimension }, gaussian), count, dimension });

const documents = embeddings(10_000);
const results = { 'index 10,000 x 768': await sample(5, () => VectorIndex.create(documents)) };
const index = await VectorIndex.create(documents);
for (const [count, repetitions] of [
  [1, 20],
  [200, 5],
  [1_000, 3],
]) {
  const queries = embeddings(count);
  const work = `${count} queries x 10,000 documents, top 100`;
  results[work] = await sample(repetitions, () => index.search(queries, { k: 100 }));
}
process.stdout.write(JSON.stringify(results));
