/*
 * `trial.mjs bm25|vector <job as JSON>`: makes an index of the first `size` documents and answers all queries at once;
 * prints { index: ms, search: ms, bytes } as JSON. `bytes` is by how much the process grew at the most, or null.
 */
import { Bm25Index, readNpy, VectorIndex } from '../../dist/index.js';
import { memory, resetPeak } from '../common/memory.mjs';
import { sample } from '../common/sample.mjs';
import { readTexts } from '../lexical/texts.mjs';
import { runTask } from '../peers/node-trial.mjs';

const K = 100;
const QUERIES = 200;
const PASSES = 5;

await runTask({
  async bm25({ documents, queries, size }) {
    const texts = readTexts(documents, size);
    const asked = readTexts(queries, QUERIES);
    return measure(async () => {
      const index = await Bm25Index.build(texts, { analyzer: 'english_regex' });
      return () => index.search(asked, { k: K });
    });
  },

  async vector({ documents, queries, size }) {
    const { data, dimension } = await readNpy(documents);
    const asked = await readNpy(queries);
    const some = { data: asked.data.subarray(0, QUERIES * dimension), count: QUERIES, dimension };
    return measure(async () => {
      const index = await VectorIndex.create({ data: data.subarray(0, size * dimension), count: size, dimension });
      return () => index.search(some, { k: K });
    });
  },
});

/** `make` makes the index and returns the search. */
async function measure(make) {
  globalThis.gc();
  const before = resetPeak();
  const start = performance.now();
  const search = await make();
  const index = performance.now() - start;
  const bytes = before === null ? null : memory('VmHWM') - before;
  const times = await sample(PASSES, search);
  return { index, search: times, bytes };
}
