import { availableParallelism } from 'node:os';
import { checkInteger } from '../../common/check.js';
import type { Embeddings } from '../../common/embeddings.js';
import { requestedThreads } from '../../common/threads.js';
import type { EncodeOptions, Encoder, Role } from '../encoder.js';
import { readUseLiteAssets, type UseLiteAssets } from './assets.js';
import { type Lane, spread } from './lane.js';
import { DIMENSION, UseLiteModel } from './model.js';
import { planBatches } from './plan.js';
import type { TfjsRuntime } from './tfjs-runtime.js';
import { MAX_TOKENS, MAX_UNITS } from './tokens.js';
import { WorkerLane } from './worker-lane.js';

export interface UseLiteOptions {
  /** Threads at most; by default the environment's TENBIN_THREADS, else the machine's parallelism. Memory limits them too. */
  readonly threads?: number;
  /**
   * Runs the model on this build of TensorFlow.js, in the caller's thread, instead of on WebAssembly in workers.
   * Whether a vector's last bits then depend on its batch is up to that build.
   */
  readonly runtime?: TfjsRuntime;
}

const TEXTS_PER_TOKENIZING = 32;
/** A lane takes about a second to load its model, so it must have this many texts to be worth starting. */
const TEXTS_PER_LANE = 64;
/** What a lane takes (measured: 200 MB); together they leave half of the free memory to others. */
const BYTES_PER_LANE = 256 * 2 ** 20;

/** Loads Universal Sentence Encoder lite. InputError when one of its optional packages is not installed. */
export async function openUseLite(options: UseLiteOptions = {}): Promise<Encoder> {
  const threads = checkInteger('threads', options.threads ?? requestedThreads() ?? availableParallelism(), 1);
  const assets = await readUseLiteAssets();
  if (options.runtime !== undefined) {
    const model = await UseLiteModel.load(options.runtime, assets);
    return new UseLite(assets, model, 1);
  }
  return new UseLite(assets, await WorkerLane.start(assets), threads);
}

/**
 * The vector of a text is a function of the text alone: not of the other texts, the number of threads or the run.
 * Both roles are encoded alike. Only the first 128 tokens count (the model's own limit); a text without tokens, the
 * empty one, has the zero vector. All other vectors have length 1.
 */
class UseLite implements Encoder {
  readonly id = 'use-lite';
  readonly dimension = DIMENSION;
  readonly fingerprint: string;
  readonly #assets: UseLiteAssets;
  readonly #lanes: Promise<Lane>[];
  readonly #threads: number;
  #disposed = false;

  constructor(assets: UseLiteAssets, first: Lane, threads: number) {
    this.fingerprint = `use-lite sha256:${assets.hash} ${first.id} tokens<=${MAX_TOKENS} units<=${MAX_UNITS} empty=0`;
    this.#assets = assets;
    this.#lanes = [Promise.resolve(first)];
    this.#threads = threads;
  }

  async encode(texts: readonly string[], _role: Role, { signal, onProgress }: EncodeOptions = {}): Promise<Embeddings> {
    signal?.throwIfAborted();
    const places = new Map<string, number[]>();
    texts.forEach((text, place) => {
      const same = places.get(text);
      if (same === undefined) places.set(text, [place]);
      else same.push(place);
    });
    const distinct = [...places.keys()];
    const lanes = this.#lanesFor(distinct.length);
    const tokens = await tokenize(lanes, distinct, signal);

    const data = new Float32Array(texts.length * DIMENSION);
    let done = places.get('')?.length ?? 0;
    await spread(lanes, planBatches(tokens), signal, async (lane, batch) => {
      const vectors = await lane.run(batch);
      batch.texts.forEach((text, i) => {
        const vector = vectors.subarray(i * DIMENSION, (i + 1) * DIMENSION);
        const same = places.get(distinct[text]!)!;
        for (const place of same) data.set(vector, place * DIMENSION);
        done += same.length;
      });
      onProgress?.(done, texts.length);
    });
    return { data, count: texts.length, dimension: DIMENSION };
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const starting of this.#lanes) {
      starting.then(
        (lane) => lane[Symbol.dispose](),
        () => undefined,
      );
    }
  }

  /** As many lanes as the texts are worth and the memory allows. */
  #lanesFor(texts: number): Promise<Lane>[] {
    if (this.#disposed) throw new Error('encoder use-lite: disposed');
    const worth = Math.min(this.#threads, Math.ceil(texts / TEXTS_PER_LANE));
    if (worth > this.#lanes.length) {
      const room = Math.floor(process.availableMemory() / 2 / BYTES_PER_LANE);
      const more = Math.min(worth - this.#lanes.length, room);
      for (let i = 0; i < more; i++) this.#lanes.push(WorkerLane.start(this.#assets));
    }
    return this.#lanes.slice(0, Math.max(1, worth));
  }
}

async function tokenize(
  lanes: readonly Promise<Lane>[],
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  const starts = Array.from(
    { length: Math.ceil(texts.length / TEXTS_PER_TOKENIZING) },
    (_, i) => i * TEXTS_PER_TOKENIZING,
  );
  const tokens: number[][] = new Array(texts.length);
  await spread(lanes, starts, signal, async (lane, start) => {
    const part = await lane.tokenize(texts.slice(start, start + TEXTS_PER_TOKENIZING));
    part.forEach((ids, i) => {
      tokens[start + i] = ids;
    });
  });
  return tokens;
}
