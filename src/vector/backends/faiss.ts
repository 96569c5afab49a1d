import { fail } from '../../common/check.js';
import type { Embeddings } from '../../common/embeddings.js';
import { InputError, messageOf } from '../../common/errors.js';
import {
  callFaiss,
  FAISS_REMEDY,
  type FaissFacts,
  faissAddon,
  type NativeFaissIndex,
} from '../../native/faiss-addon.js';
import type { TopK } from '../../rank/ranking.js';
import { allocateTopK } from '../../rank/search.js';
import type { BackendStatus, PreparedDocuments, Proposer } from '../backend.js';
import { dotErrorBound, rowsInChunks } from './faiss-rows.js';

export interface FaissOptions {
  /** Faiss's description of an index, default `Flat`; `HNSW32`, `IVF256,Flat`, `SQ8` and others are approximate. */
  readonly factory?: string | undefined;
  /** Settings of the search, as `nprobe=8` or `efSearch=64`; several are joined by commas. */
  readonly parameters?: string | undefined;
  /**
   * A saved index of the same documents in the same order, in place of building one. Its count and dimension are
   * checked. A file that Tenbin saved has a checksum; one from elsewhere is trusted as Faiss trusts it.
   */
  readonly load?: string | undefined;
}

/** Rows that Faiss's k-means takes per cluster; it throws more away. */
const ROWS_PER_CLUSTER = 256;

export async function faissStatus(): Promise<BackendStatus> {
  try {
    return { backend: 'faiss', available: true, detail: `Faiss ${faissAddon().version}` };
  } catch (error) {
    return {
      backend: 'faiss',
      available: false,
      detail: messageOf(error).replace(` ${FAISS_REMEDY}`, ''),
      remedy: FAISS_REMEDY,
    };
  }
}

/**
 * Documents in an index of the system's Faiss, by inner product. Throws InputError when the addon is not there, Faiss
 * does not know the factory or a parameter, there are too few documents to train on, or the saved index does not fit.
 */
export async function openFaiss(
  documents: PreparedDocuments,
  options: FaissOptions,
  signal: AbortSignal | undefined,
): Promise<FaissProposer> {
  for (const name of ['factory', 'parameters', 'load'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'string') fail(name, 'a string', value);
  }
  if (options.load !== undefined && options.factory !== undefined) {
    throw new InputError('factory and load exclude each other: a saved index is what it was built as');
  }
  const native = await (options.load === undefined
    ? build(documents, options.factory ?? 'Flat', signal)
    : open(documents, options.load, signal));
  try {
    const { parameters } = options;
    if (parameters !== undefined)
      await callFaiss(signal, (cancellation) => native.setParameters(parameters, cancellation));
    await callFaiss(signal, (cancellation) => native.useGpus(cancellation));
    const facts = await native.facts();
    return new FaissProposer(native, facts, options);
  } catch (error) {
    native.dispose();
    throw error;
  }
}

async function build(documents: PreparedDocuments, factory: string, signal: AbortSignal | undefined) {
  const native = await callFaiss(signal, (cancellation) =>
    faissAddon().createFaissIndex(documents.dimension, factory, documents.count, cancellation),
  );
  try {
    const { trained, clusters } = await native.facts();
    if (!trained && documents.count > 0) await train(native, documents, clusters, signal);
    for await (const { rows, count } of rowsInChunks(documents, signal)) {
      await callFaiss(signal, (cancellation) => native.add(rows, count, cancellation));
    }
    return native;
  } catch (error) {
    native.dispose();
    throw error;
  }
}

async function open(documents: PreparedDocuments, path: string, signal: AbortSignal | undefined) {
  const native = await callFaiss(signal, (cancellation) => faissAddon().openFaissIndex(path, cancellation));
  const { size, dimension } = await native.facts();
  if (size === documents.count && dimension === documents.dimension) return native;
  native.dispose();
  throw new InputError(
    `${path}: an index of ${size} documents of ${dimension} dimensions, not ${documents.count} of ${documents.dimension}`,
  );
}

/** Trains on rows at an even stride. */
async function train(
  native: NativeFaissIndex,
  documents: PreparedDocuments,
  clusters: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { count, dimension } = documents;
  const size = Math.min(count, ROWS_PER_CLUSTER * Math.max(clusters, 256));
  const sample = new Float32Array(size * dimension);
  let taken = 0;
  for await (const { rows, start, count: some } of rowsInChunks(documents, signal)) {
    for (; taken < size; taken++) {
      const row = Math.floor((taken * count) / size) - start;
      if (row >= some) break;
      sample.set(rows.subarray(row * dimension, (row + 1) * dimension), taken * dimension);
    }
  }
  await callFaiss(signal, (cancellation) => native.train(sample, size, cancellation));
}

class FaissProposer implements Proposer {
  readonly detail: string;
  readonly exhaustive: boolean;
  readonly errorBound: number;
  readonly largestK: number;
  readonly #native: NativeFaissIndex;

  constructor(native: NativeFaissIndex, facts: FaissFacts, { factory, parameters, load }: FaissOptions) {
    const gpus = facts.gpus > 0 && `on ${facts.gpus} GPU${facts.gpus > 1 ? 's' : ''}`;
    const what = [load === undefined ? (factory ?? 'Flat') : `loaded from ${load}`, parameters, gpus].filter(Boolean);
    this.detail = `Faiss ${faissAddon().version}, ${what.join(', ')}`;
    // What a file from elsewhere holds is not known.
    this.exhaustive = facts.flat && load === undefined;
    this.errorBound = dotErrorBound(facts.dimension);
    this.largestK = facts.size;
    this.#native = native;
  }

  async propose(queries: Embeddings, k: number, signal: AbortSignal | undefined): Promise<TopK> {
    const topK = allocateTopK(queries.count, k, this.largestK);
    await callFaiss(signal, (cancellation) =>
      this.#native.search(queries.data, queries.count, topK.k, topK.indices, topK.scores, topK.counts, cancellation),
    );
    return topK;
  }

  /** Writes the index in Faiss's format, with a checksum behind it that Faiss does not mind; whole or not at all. */
  async save(path: string, signal?: AbortSignal): Promise<void> {
    await callFaiss(signal, (cancellation) => this.#native.save(path, cancellation));
  }

  [Symbol.dispose](): void {
    this.#native.dispose();
  }
}
