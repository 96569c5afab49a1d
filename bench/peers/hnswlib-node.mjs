/* The brute-force index of hnswlib-node. It takes a query at a time, as a plain array, on one thread. */
import hnswlib from 'hnswlib-node';
import { packageVersion } from './node-trial.mjs';
import { runVectorTrial } from './vector-trial.mjs';

await runVectorTrial({
  version: `${packageVersion('./node_modules/hnswlib-node')} (Node ${process.version})`,

  open({ data, count, dimension }, { k }) {
    const index = new hnswlib.BruteforceSearch('ip', dimension);
    index.initIndex(count);
    for (let i = 0; i < count; i++) index.addPoint(row(data, dimension, i), i);
    return {
      search(queries) {
        const found = Array.from({ length: queries.count }, (_, i) =>
          index.searchKnn(row(queries.data, dimension, i), k),
        );
        return {
          documents: found.flatMap(({ neighbors }) => neighbors),
          scores: found.flatMap(({ distances }) => distances.map((distance) => 1 - distance)),
        };
      },
    };
  },
});

function row(data, dimension, i) {
  return Array.from(data.subarray(i * dimension, (i + 1) * dimension));
}
