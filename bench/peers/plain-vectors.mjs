/* What one writes without a library: a loop over typed arrays, and a sort. */
import { runVectorTrial } from './vector-trial.mjs';

await runVectorTrial({
  version: `(Node ${process.version})`,

  open({ data, count, dimension }, { k }) {
    const scoreAll = (query) => {
      const scores = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let d = 0; d < dimension; d++) sum += query[d] * data[i * dimension + d];
        scores[i] = sum;
      }
      return scores;
    };
    return {
      hasIndex: false,
      search(queries) {
        const documents = [];
        const best = [];
        for (let q = 0; q < queries.count; q++) {
          const scores = scoreAll(queries.data.subarray(q * dimension, (q + 1) * dimension));
          const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
          for (const document of order.subarray(0, k)) {
            documents.push(document);
            best.push(scores[document]);
          }
        }
        return { documents, scores: best };
      },
    };
  },
});
