/* Vectors in this package, by the backend or the precision that the job's `index` names. */
import { backendStatuses, coreConfiguration, VectorIndex } from '../../dist/index.js';
import { packageVersion } from './node-trial.mjs';
import { runVectorTrial } from './vector-trial.mjs';

// Loads the core, as the other engines' trials load theirs: before anything is measured.
coreConfiguration();

await runVectorTrial({
  async version({ index: { backend } }) {
    const status = (await backendStatuses()).find((some) => some.backend === backend);
    if (!status.available) throw new Error(status.detail);
    const on = backend === 'simd' ? coreConfiguration().isa : status.detail;
    return `${packageVersion('../..')} (${on}, Node ${process.version})`;
  },

  async open(embeddings, { index: options, k }) {
    const index = await VectorIndex.create(embeddings, options);
    return {
      async search(queries) {
        const { indices, scores } = await index.search(queries, { k });
        return { documents: indices, scores };
      },
    };
  },
});
