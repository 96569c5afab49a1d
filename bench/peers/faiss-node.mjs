/*
 * The npm package faiss-node itself: where TENBIN_FAISS_NODE says, as scripts/build-faiss-node.mjs built it, or installed.
 * It takes plain arrays; turning queries into them belongs to its search.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runVectorTrial } from './vector-trial.mjs';

/** Rows that are turned into a plain array at a time. */
const ROWS = 1_000;

const require = createRequire(import.meta.url);
const built = fileURLToPath(new URL('../../build/faiss-node/node_modules/faiss-node', import.meta.url));
const name = process.env.TENBIN_FAISS_NODE || (existsSync(built) ? built : 'faiss-node');
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
