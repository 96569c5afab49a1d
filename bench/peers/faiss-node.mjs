/*
 * The npm package faiss-node itself, installed or where TENBIN_FAISS_NODE says. It takes plain arrays; turning queries
 * into them belongs to its search.
 */
import { createRequire } from 'node:module';
import { runVectorTrial } from './vector-trial.mjs';

/** Rows that are turned into a plain array at a time. */
const ROWS = 1_000;

const require = createRequire(import.meta.url);
const name = process.env.TENBIN_FAISS_NODE || 'faiss-node';
const { IndexFlatIP } = require(name);

await runVectorTrial({
  version: `${require(`${name}/package.json`).version} (Node ${process.version})`,

  open({ data, dimension }, { k }) {
    const index = new IndexFlatIP(dimension);
    for (let start = 0; start < data.length; start += ROWS * dimension) {
      index.add(Array.from(data.subarray(start, start + ROWS * dimension)));
    }
    return {
      search(queries) {
        const { labels, distances } = index.search(Array.from(queries.data), k);
        return { documents: labels, scores: distances };
      },
    };
  },
});
