/* BM25 over text whose words follow Zipf's law, 150 tokens a document. Prints { work: [ms, ...] }. */
import { Bm25Index } from '../dist/index.js';
import { sample, seeded } from './sample.mjs';

const vocabulary = 50_000;
const random = seeded(2);
const cumulative = new Float64Array(vocabulary);
let total = 0;
for (let rank = 0; rank < vocabulary; rank++) {
  total += 1 / (rank + 1);
  cumulative[rank] = total;
}

/** A word of rank at least `from`, drawn by Zipf's law. */
function word(from = 0) {
  const low = from === 0 ? 0 : cumulative[from - 1];
  const target = low + random() * (total - low);
  let [left, right] = [from, vocabulary - 1];
  while (left < right) {
    const middle = (left + right) >> 1;
    if (cumulative[middle] < target) left = middle + 1;
    else right = middle;
  }
  return `w${left}`;
}

const text = (words, from) => Array.from({ length: words }, () => word(from)).join(' ');
const documents = Array.from({ length: 10_000 }, () => text(150));
const content = Array.from({ length: 1_000 }, () => text(8, 100));
const natural = Array.from({ length: 1_000 }, () => text(8));

const results = {
  'bm25: index 10,000 documents, analyzer regex': await sample(3, () =>
    Bm25Index.build(documents, { analyzer: 'regex' }),
  ),
};
const index = await Bm25Index.build(documents, { analyzer: 'regex' });
for (const [kind, queries] of Object.entries({ content, natural })) {
  const work = `bm25: 1,000 ${kind} queries x 10,000 documents, top 100`;
  results[work] = await sample(5, () => index.search(queries, { k: 100 }));
}
process.stdout.write(JSON.stringify(results));
