import type { UseLiteAssets } from './assets.js';
import type { Lane } from './lane.js';
import { loadUseLitePeer } from './peers.js';
import type { TokenBatch } from './plan.js';
import type { TfjsGraphModel, TfjsRuntime } from './tfjs-runtime.js';
import { firstTokens, type PieceTokenizer } from './tokens.js';

export const DIMENSION = 512;

/** Universal Sentence Encoder lite (Cer et al. 2018, the transformer in its small form) on this thread. */
export class UseLiteModel implements Lane {
  readonly id: string;
  readonly #runtime: TfjsRuntime;
  readonly #graph: TfjsGraphModel;
  readonly #tokenizer: PieceTokenizer;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(id: string, runtime: TfjsRuntime, graph: TfjsGraphModel, tokenizer: PieceTokenizer) {
    this.id = id;
    this.#runtime = runtime;
    this.#graph = graph;
    this.#tokenizer = tokenizer;
  }

  static async load(runtime: TfjsRuntime, assets: UseLiteAssets): Promise<UseLiteModel> {
    const { Tokenizer, version } = await loadUseLitePeer(() => import('@tensorflow-models/universal-sentence-encoder'));
    const graph = await runtime.converter.loadGraphModel(runtime.core.io.fromMemory(assets.files));
    const id = `universal-sentence-encoder@${version}+${runtime.id}`;
    return new UseLiteModel(id, runtime, graph, new Tokenizer(assets.vocabulary));
  }

  async tokenize(texts: readonly string[]): Promise<number[][]> {
    return texts.map((text) => firstTokens(this.#tokenizer, text));
  }

  run(batch: TokenBatch): Promise<Float32Array> {
    const result = this.#last.then(() => this.#execute(batch));
    this.#last = result.catch(() => undefined);
    return result;
  }

  [Symbol.dispose](): void {
    this.#graph.dispose();
  }

  /** The graph takes a sparse matrix of token ids: `indices` [tokens, 2] of (text, position), `values` [tokens]. */
  async #execute({ ids, length, count }: TokenBatch): Promise<Float32Array> {
    const { core } = this.#runtime;
    const positions = new Int32Array(2 * ids.length);
    for (let i = 0; i < ids.length; i++) {
      positions[2 * i] = Math.floor(i / length);
      positions[2 * i + 1] = i % length;
    }
    const indices = core.tensor(positions, [ids.length, 2], 'int32');
    const values = core.tensor(ids, [ids.length], 'int32');
    const outputs = [];
    try {
      outputs.push(...[await this.#graph.executeAsync({ indices, values })].flat());
      const data = await outputs[0]!.data();
      if (!(data instanceof Float32Array) || data.length !== count * DIMENSION) {
        throw new Error(
          `encoder use-lite: expected [${count}, ${DIMENSION}] from the model, got [${outputs[0]!.shape}]`,
        );
      }
      return data;
    } finally {
      for (const tensor of [indices, values, ...outputs]) tensor.dispose();
    }
  }
}
