import { startWasm } from '../../common/tfjs-wasm.js';
import { loadUseLitePeer } from './peers.js';

/*
 * The little of TensorFlow.js that the model needs, so that any of its builds can be given. The main package of
 * `@tensorflow/tfjs-node-gpu` is both `core` and `converter`.
 */

export interface TfjsTensor {
  readonly shape: readonly number[];
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  dispose(): void;
}

export interface TfjsGraphModel {
  /** `inputs` holds a TfjsTensor under the name of each input. */
  executeAsync(inputs: object): Promise<TfjsTensor | TfjsTensor[]>;
  dispose(): void;
}

/** A graph model in memory: the contents of `model.json` and of its shards, one after another. */
export interface TfjsModelFiles {
  readonly modelTopology: object;
  readonly weightSpecs: readonly { readonly name: string }[];
  readonly weightData: ArrayBufferLike;
}

export interface TfjsRuntime {
  /** Packages, versions and backend: part of the encoder's fingerprint. */
  readonly id: string;
  readonly core: {
    tensor(values: Int32Array, shape: number[], dtype: 'int32'): TfjsTensor;
    memory(): { numTensors: number };
    readonly io: { fromMemory(files: TfjsModelFiles): unknown };
  };
  readonly converter: { loadGraphModel(source: unknown): Promise<TfjsGraphModel> };
}

/**
 * TensorFlow.js on WebAssembly with SIMD, one thread: under Node its threaded binary is switched off, because it starts
 * its threads from `blob:` URLs, which Node's workers refuse. More threads are more workers, see worker-lane.ts.
 */
export async function wasmRuntime(): Promise<TfjsRuntime> {
  const core = await loadUseLitePeer(() => import('@tensorflow/tfjs-core'));
  const converter = await loadUseLitePeer(() => import('@tensorflow/tfjs-converter'));
  const wasm = await loadUseLitePeer(() => import('@tensorflow/tfjs-backend-wasm'));
  await startWasm(core);
  await core.setBackend('wasm');
  const simd = core.env().getBool('WASM_HAS_SIMD_SUPPORT') ? 'simd' : 'scalar';
  const id = [
    `tfjs-core@${core.version_core}`,
    `tfjs-converter@${converter.version_converter}`,
    `tfjs-backend-wasm@${wasm.version_wasm}`,
    simd,
  ].join('+');
  return { id, core, converter };
}
