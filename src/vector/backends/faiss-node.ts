import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Breath } from '../../common/breath.js';
import type { Embeddings } from '../../common/embeddings.js';
import { InputError, messageOf } from '../../common/errors.js';
import { loadPeer } from '../../common/peer.js';
import type { TopK } from '../../rank/ranking.js';
import { allocateTopK } from '../../rank/search.js';
import type { BackendStatus, PreparedDocuments, Proposer } from '../backend.js';
import { dotErrorBound, rowsInChunks } from './faiss-rows.js';

/** What is used of the package. Its calls are synchronous, and its arrays plain. */
interface FaissNode {
  readonly IndexFlatIP: new (dimension: number) => FlatIndex;
}

interface FlatIndex {
  add(rows: number[]): void;
  /** Throws when k is more than the documents. */
  search(queries: number[], k: number): { distances: number[]; labels: number[] };
}

const REMEDY =
  '`npm install faiss-node`, or in a checkout `node scripts/build-faiss-node.mjs` and the folder that it names in ' +
  'TENBIN_FAISS_NODE';

/** A plain array takes 8 bytes a number, and as much again while it grows. */
const CHUNK_BYTES = 4 * 2 ** 20;
/** Faiss multiplies matrices from 20 queries up; a turn of the event loop lasts as long as these take. */
const QUERIES_A_TURN = 32;

export async function faissNodeStatus(): Promise<BackendStatus> {
  try {
    const { detail } = await load();
    return { backend: 'faiss-node', available: true, detail };
  } catch (error) {
    const detail = messageOf(error).replace(`: ${REMEDY}`, '');
    return { backend: 'faiss-node', available: false, detail, remedy: REMEDY };
  }
}

/**
 * Documents in an `IndexFlatIP` of the npm package faiss-node, taken from the folder in TENBIN_FAISS_NODE when that is
 * set. Throws InputError when the package is missing or does not load.
 */
export async function openFaissNode(documents: PreparedDocuments, signal: AbortSignal | undefined): Promise<Proposer> {
  const { faiss, detail } = await load();
  const index = new faiss.IndexFlatIP(documents.dimension);
  const breath = new Breath();
  for await (const { rows } of rowsInChunks(documents, signal, CHUNK_BYTES)) {
    index.add(Array.from(rows));
    await breath.take();
  }
  return new FaissNodeProposer(index, documents, detail);
}

/** The package and its version. */
async function load(): Promise<{ faiss: FaissNode; detail: string }> {
  const folder = process.env.TENBIN_FAISS_NODE || undefined;
  const require = createRequire(folder === undefined ? import.meta.url : join(resolve(folder), 'package.json'));
  const name = folder === undefined ? 'faiss-node' : resolve(folder);
  return loadPeer("backend 'faiss-node'", REMEDY, async () => {
    const entry = require.resolve(name);
    const { version } = require(`${name}/package.json`) as { version: string };
    try {
      const { default: faiss } = (await import(pathToFileURL(entry).href)) as { default: FaissNode };
      return { faiss, detail: `faiss-node ${version}` };
    } catch (error) {
      throw new InputError(`faiss-node: ${entry} does not load (${messageOf(error).split('\n')[0]}): ${REMEDY}`, {
        cause: error,
      });
    }
  });
}

class FaissNodeProposer implements Proposer {
  readonly detail: string;
  readonly exhaustive = true;
  readonly errorBound: number;
  readonly largestK: number;
  #index: FlatIndex | undefined;

  constructor(index: FlatIndex, { count, dimension }: PreparedDocuments, detail: string) {
    this.detail = detail;
    this.#index = index;
    this.largestK = count;
    this.errorBound = dotErrorBound(dimension);
  }

  async propose(queries: Embeddings, k: number, signal: AbortSignal | undefined): Promise<TopK> {
    signal?.throwIfAborted();
    const index = this.#index;
    if (index === undefined) throw new Error('the index is disposed');
    const { data, count, dimension } = queries;
    const topK = allocateTopK(count, k, this.largestK);
    if (topK.k === 0) return topK;
    const breath = new Breath();
    for (let start = 0; start < count; start += QUERIES_A_TURN) {
      const end = Math.min(start + QUERIES_A_TURN, count);
      const found = index.search(Array.from(data.subarray(start * dimension, end * dimension)), topK.k);
      topK.indices.set(found.labels, start * topK.k);
      topK.scores.set(found.distances, start * topK.k);
      topK.counts.fill(topK.k, start, end);
      await breath.take();
      signal?.throwIfAborted();
    }
    return topK;
  }

  [Symbol.dispose](): void {
    this.#index = undefined;
  }
}
