/* The exact search of usearch, without its graph. It reads an array's buffer from the beginning, wherever the array starts. */
import { exactSearch, MetricKind } from 'usearch';
import { packageVersion } from './node-trial.mjs';
import { runVectorTrial } from './vector-trial.mjs';

await runVectorTrial({
  version: `${packageVersion('./node_modules/usearch')} (Node ${process.version})`,

  open({ data, dimension }, { k, threads }) {
    const documents = fromStart(data);
    return {
      hasIndex: false,
      search(queries) {
        const { keys, distances } = exactSearch(
          documents,
          fromStart(queries.data),
          dimension,
          k,
          MetricKind.IP,
          threads,
        );
        return {
          // Its keys are BigInts; that they are made numbers is not a part of its search.
          get documents() {
            return Array.from(keys, Number);
          },
          get scores() {
            return distances.map((distance) => 1 - distance);
          },
        };
      },
    };
  },
});

function fromStart(data) {
  return data.byteOffset === 0 ? data : data.slice();
}
