/* A graph of MatMul and TopK, the documents a constant that the session packs for its kernels. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { packageVersion } from './node-trial.mjs';
import { encodeModel, FLOAT, INT32, INT64, node, tensor, value } from './onnx-model.mjs';
import { runVectorTrial } from './vector-trial.mjs';

/** A model is one message, which Protocol Buffers limit to 2 GiB; the queries and names take little of it. */
const MOST_BYTES = 2 ** 31 - 2 ** 16;

await runVectorTrial({
  version: `${packageVersion('./node_modules/onnxruntime-node')} (Node ${process.version})`,

  async open(documents, { k, threads }) {
    const { model, inputs } = documents.data.byteLength <= MOST_BYTES ? withConstant(documents) : withInput(documents);
    const session = await InferenceSession.create(encodeModel(addTopK(model, documents.dimension, k)), {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
    });
    return {
      async search({ data, count, dimension }) {
        const queries = new Tensor('float32', data, [count, dimension]);
        const found = await session.run({ ...inputs, queries });
        return { documents: found.documents.data, scores: found.scores.data };
      },
    };
  },
});

function withConstant({ data, count, dimension }) {
  const columns = tensor('columns', FLOAT, [dimension, count], transposed(data, count, dimension));
  return {
    model: { nodes: [node('MatMul', ['queries', 'columns'], ['products'])], initializers: [columns], inputs: [] },
    inputs: {},
  };
}

/** Gemm reads the rows as they lie, and is then faster than MatMul. */
function withInput({ data, count, dimension }) {
  return {
    model: {
      nodes: [node('Gemm', ['queries', 'rows'], ['products'], { transB: 1 })],
      initializers: [],
      inputs: [value('rows', FLOAT, [count, dimension])],
    },
    inputs: { rows: new Tensor('float32', data, [count, dimension]) },
  };
}

function addTopK({ nodes, initializers, inputs }, dimension, k) {
  return {
    nodes: [
      ...nodes,
      node('TopK', ['products', 'k'], ['scores', 'positions']),
      node('Cast', ['positions'], ['documents'], { to: INT32 }),
    ],
    initializers: [...initializers, tensor('k', INT64, [1], BigInt64Array.of(BigInt(k)))],
    inputs: [...inputs, value('queries', FLOAT, ['count', dimension])],
    outputs: [value('scores', FLOAT, ['count', k]), value('documents', INT32, ['count', k])],
  };
}

function transposed(rows, count, dimension) {
  const columns = new Float32Array(rows.length);
  for (let i = 0; i < count; i++) for (let d = 0; d < dimension; d++) columns[d * count + i] = rows[i * dimension + d];
  return columns;
}
