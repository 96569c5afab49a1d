import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import { InputError, messageOf } from '../common/errors.js';
import type { VectorSearching } from '../evaluation/profile.js';
import { checkBackend, checkVectorSearching } from '../evaluation/vector-searching.js';
import { VECTOR_BACKENDS } from '../vector/backend.js';
import { VECTOR_METRICS, VECTOR_PRECISIONS } from '../vector/vector-options.js';

/** Options of a command that ranks by embeddings. */
export const VECTOR_OPTIONS = {
  metric: { choices: VECTOR_METRICS, describe: 'Similarity of embeddings; default cosine' },
  backend: {
    choices: ['auto', ...VECTOR_BACKENDS],
    describe: 'What searches embeddings; scores are the same by each. Default auto; tenbin doctor lists them',
  },
  precision: {
    choices: VECTOR_PRECISIONS,
    describe: 'Search what is left of embeddings in this precision, to see what it costs; default float32, exact',
  },
  rescore: {
    type: 'boolean',
    describe: 'With a lower precision: order the best 100, or as many as are asked for, by their exact scores',
  },
  'faiss-factory': {
    type: 'string',
    describe: 'With --backend faiss: its index, as HNSW32 or IVF256,Flat, to see what it misses; default Flat, exact',
  },
  'faiss-parameters': {
    type: 'string',
    describe: 'With --backend faiss: settings of the search, as efSearch=64 or nprobe=8',
  },
} as const;

/** Those that take a value. */
export const VECTOR_VALUES = ['metric', 'backend', 'precision', 'faiss-factory', 'faiss-parameters'] as const;

/** Throws InputError for what does not go together or cannot be had here, naming the option. */
export async function vectorOptions(
  given: ArgumentsCamelCase<InferredOptionTypes<typeof VECTOR_OPTIONS>>,
): Promise<VectorSearching> {
  const { metric, backend, precision, rescore, faissFactory: factory, faissParameters: parameters } = given;
  if (backend !== 'faiss') {
    for (const [option, value] of Object.entries({ '--faiss-factory': factory, '--faiss-parameters': parameters })) {
      if (value !== undefined)
        throw new InputError(`${option}: is of the backend faiss; choose it with --backend faiss`);
    }
  }
  const faiss = factory === undefined && parameters === undefined ? undefined : { factory, parameters };
  const searching = { metric, backend, precision, rescore, faiss };
  try {
    checkVectorSearching(searching);
  } catch (error) {
    // The library's message begins with its own name of the option.
    throw refusal('--', error);
  }
  await checkBackend(backend).catch((error: unknown) => {
    throw refusal(`--backend ${backend}: `, error);
  });
  return searching;
}

function refusal(option: string, error: unknown): unknown {
  return error instanceof InputError ? new InputError(`${option}${messageOf(error)}`, { cause: error }) : error;
}
