import { fail } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { faissAddon } from '../native/faiss-addon.js';
import type { Setting } from '../results/task-result.js';
import { VectorIndex } from '../vector/vector-index.js';
import { checkVectorOptions } from '../vector/vector-options.js';
import type { VectorSearching } from './profile.js';

/** Throws InputError for options that do not go together or are none of an evaluation, naming one first. */
export function checkVectorSearching(options: VectorSearching): void {
  const { metric, backend, precision, rescore, faiss } = options;
  checkVectorOptions({ metric, backend, precision, rescore, faiss });
  for (const [name, value] of Object.entries(faiss ?? {})) {
    // A saved index is of one corpus, and an evaluation has one for each task.
    if (name !== 'factory' && name !== 'parameters') throw new InputError(`faiss.${name}: not for an evaluation`);
    if (value !== undefined && typeof value !== 'string') fail(`faiss.${name}`, 'a string', value);
  }
}

/** Throws InputError for a backend that is not to be had here, saying how to get it. */
export async function checkBackend(backend: VectorSearching['backend']): Promise<void> {
  await tryVectorSearch({ backend }, 1);
}

/** Throws InputError where making an index of documents of this dimension would, whatever they are. */
export async function tryVectorSearch(options: VectorSearching, dimension: number): Promise<void> {
  const { metric, backend, precision, rescore, faiss } = options;
  const nothing = { data: new Float32Array(0), count: 0, dimension };
  const index = await VectorIndex.create(nothing, { metric, backend, precision, rescore, faiss });
  index[Symbol.dispose]();
}

/** What of the search can move a score: not which backend it is, as long as all are exact. */
export function searchSettings({ precision = 'float32', rescore = false, faiss = {} }: VectorSearching) {
  const { factory = 'Flat', parameters } = faiss;
  const settings: Record<string, Setting> = { precision };
  if (precision !== 'float32') settings.rescore = rescore;
  if (factory !== 'Flat') {
    settings.faissFactory = factory;
    if (parameters !== undefined) settings.faissParameters = parameters;
    settings.faissVersion = faissAddon().version;
  }
  return settings;
}
