import { Breath } from '../../common/breath.js';
import { checkInteger } from '../../common/check.js';
import type { Embeddings } from '../../common/embeddings.js';
import { InputError, messageOf } from '../../common/errors.js';
import type { TopK } from '../../rank/ranking.js';
import { allocateTopK } from '../../rank/search.js';
import type { BackendStatus, PreparedDocuments, Proposer } from '../backend.js';
import type { TfjsTensor } from './tfjs-core.js';
import { mergeBlock } from './tfjs-merge.js';
import { reciprocalNorms } from './tfjs-norms.js';
import { productErrorBound } from './tfjs-precision.js';
import { currentRuntime, TFJS_INSTALL, type TfjsRuntime, tfjsRuntime, withBackend } from './tfjs-runtime.js';

export interface TfjsOptions {
  /**
   * The documents, float32 [count, dimension], where they already are on the device of the engine's current backend;
   * `documents` is then not read. The tensor remains the caller's, who may dispose it.
   */
  readonly tensor?: TfjsTensor | undefined;
  /** What the rows of `tensor` still have to be divided by: nothing (the default), their norm, the largest norm. */
  readonly divideBy?: 'nothing' | 'norm' | 'largest-norm' | undefined;
  /** Most documents in one block; default what fits 64 MB, at most 65,536. */
  readonly blockRows?: number | undefined;
}

/** Of a block of documents, and of its scores: one matMul works on both at a time. */
const BLOCK_BYTES = 64 * 1024 * 1024;
const BLOCK_ROWS = 65_536;

/** WebAssembly addresses 4 GiB; a block, a copy of it and its scores need room besides, and so may an encoder. */
const WASM_BYTES = 3 * 1024 ** 3;

/** Whether TensorFlow.js is there and works; the answer holds for the process. */
export async function tfjsStatus(): Promise<BackendStatus> {
  try {
    const { detail } = await tfjsRuntime();
    return { backend: 'tfjs', available: true, detail };
  } catch (error) {
    return { backend: 'tfjs', available: false, detail: messageOf(error).split('\n')[0]!, remedy: TFJS_INSTALL };
  }
}

/**
 * Puts the documents on the device. Throws InputError when no TensorFlow.js works, when they do not fit, or when
 * `tensor` is not what it has to be; the signal's reason when it aborts.
 */
export async function openTfjs(
  documents: PreparedDocuments,
  options: TfjsOptions = {},
  signal?: AbortSignal,
): Promise<Proposer> {
  const { count, dimension } = documents;
  const fitting = Math.min(BLOCK_ROWS, Math.max(1, Math.floor(BLOCK_BYTES / (4 * dimension))));
  const blockRows = checkInteger('blockRows', options.blockRows ?? fitting, 1);
  signal?.throwIfAborted();
  if (options.tensor !== undefined) return openTensor(documents, options.tensor, options, blockRows);

  const runtime = await tfjsRuntime();
  if (runtime.backend === 'wasm' && count * dimension * 4 > WASM_BYTES) {
    throw new InputError(
      `tfjs: ${count} documents of ${dimension} dimensions are more than WebAssembly's memory holds`,
    );
  }
  const blocks: Block[] = [];
  try {
    for (let start = 0; start < count; start += blockRows) {
      signal?.throwIfAborted();
      const end = Math.min(start + blockRows, count);
      const rows = await documents.rows(start, end);
      const tensor = withBackend(runtime, () =>
        runtime.core.keep(runtime.core.tensor2d(rows, [end - start, dimension])),
      );
      blocks.push({ start, rows: end - start, tensor });
    }
    signal?.throwIfAborted();
  } catch (error) {
    for (const { tensor } of blocks) tensor.dispose();
    throw error;
  }
  return new TfjsProposer(runtime, documents, blocks, productErrorBound(dimension, runtime.gpu));
}

async function openTensor(
  { count, dimension }: PreparedDocuments,
  given: TfjsTensor,
  { divideBy = 'nothing' }: TfjsOptions,
  blockRows: number,
): Promise<Proposer> {
  const { isDisposed, shape, dtype } = given;
  if (isDisposed || dtype !== 'float32' || `${shape}` !== `${[count, dimension]}`) {
    const found = isDisposed ? 'a disposed one' : `${dtype} [${shape}]`;
    throw new InputError(`tensor must be float32 [${count}, ${dimension}], got ${found}`);
  }
  const runtime = await currentRuntime();
  const { core } = runtime;
  // A clone shares the device's memory.
  const tensor = withBackend(runtime, () => core.keep(core.clone(given)));
  const scales: TfjsTensor[] = [];
  try {
    const factors = divideBy === 'nothing' ? undefined : await reciprocalNorms(runtime, tensor, divideBy);
    const blocks: Block[] = [];
    for (let start = 0; start < count; start += blockRows) {
      const rows = Math.min(blockRows, count - start);
      const part = factors?.slice(start, start + rows);
      const scale = part && withBackend(runtime, () => core.keep(core.tensor2d(part, [rows, 1])));
      if (scale !== undefined) scales.push(scale);
      blocks.push({ start, rows, tensor, scale });
    }
    return new TfjsProposer(
      runtime,
      { count, dimension },
      blocks,
      productErrorBound(dimension, runtime.gpu, divideBy !== 'nothing'),
    );
  } catch (error) {
    for (const made of [tensor, ...scales]) made.dispose();
    throw error;
  }
}

interface Block {
  /** Position of its first document. */
  readonly start: number;
  readonly rows: number;
  /** [rows, dimension], or [count, dimension] that the block is a part of. */
  readonly tensor: TfjsTensor;
  /** [rows, 1]: what the scores have to be multiplied by. */
  readonly scale?: TfjsTensor | undefined;
}

class TfjsProposer implements Proposer {
  readonly detail: string;
  readonly exhaustive = true;
  readonly errorBound: number;
  readonly largestK: number;
  readonly #runtime: TfjsRuntime;
  readonly #dimension: number;
  readonly #blocks: readonly Block[];
  #running = 0;
  #disposed = false;

  constructor(
    runtime: TfjsRuntime,
    { count, dimension }: { count: number; dimension: number },
    blocks: readonly Block[],
    errorBound: number,
  ) {
    this.detail = runtime.detail;
    this.errorBound = errorBound;
    this.largestK = count;
    this.#runtime = runtime;
    this.#dimension = dimension;
    this.#blocks = blocks;
  }

  async propose(queries: Embeddings, k: number, signal: AbortSignal | undefined): Promise<TopK> {
    if (this.#disposed) throw new InputError('tfjs: the index is disposed');
    signal?.throwIfAborted();
    const topK = allocateTopK(queries.count, k, this.largestK);
    const breath = new Breath();
    this.#running++;
    try {
      for (const block of this.#blocks) {
        const together = Math.max(1, Math.floor(BLOCK_BYTES / (4 * block.rows)));
        for (let first = 0; first < queries.count; first += together) {
          const end = Math.min(first + together, queries.count);
          const best = await this.#bestOf(block, queries, first, end, topK.k);
          mergeBlock(topK, first, block.start, best);
          await breath.take();
          signal?.throwIfAborted();
        }
      }
    } finally {
      this.#running--;
      this.#free();
    }
    return topK;
  }

  /** Tensors that a proposal in progress works on go when it has ended. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#free();
  }

  #free(): void {
    if (!this.#disposed || this.#running > 0) return;
    for (const { tensor, scale } of this.#blocks) {
      if (!tensor.isDisposed) tensor.dispose();
      if (scale !== undefined && !scale.isDisposed) scale.dispose();
    }
  }

  async #bestOf({ rows, start, tensor, scale }: Block, queries: Embeddings, first: number, end: number, k: number) {
    const { core } = this.#runtime;
    const dimension = this.#dimension;
    const data = queries.data.subarray(first * dimension, end * dimension);
    const width = Math.min(k, rows);
    const { values, indices } = withBackend(this.#runtime, () =>
      core.tidy(() => {
        const block = tensor.shape[0] === rows ? tensor : core.slice(tensor, [start, 0], [rows, dimension]);
        const columns = core.transpose(core.tensor2d(data, [end - first, dimension]));
        // Queries on the right: wasm multiplies well only what is not transposed (64 queries by 8,192 documents: 28 ms
        // for this, 348 ms by `transposeB`), and packs a copy of what is on the right.
        const products = core.matMul(block, columns);
        // Its topk takes 3 ms of that; to read all scores takes 2 ms before any is selected.
        return core.topk(core.transpose(scale === undefined ? products : core.mul(products, scale)), width, true);
      }),
    );
    try {
      const [scores, positions] = await Promise.all([values.data(), indices.data()]);
      return { k: width, scores: scores as Float32Array, indices: positions as Int32Array };
    } finally {
      values.dispose();
      indices.dispose();
    }
  }
}
