import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { InputError, messageOf } from '../../common/errors.js';
import { loadPeer } from '../../common/peer.js';
import { startWasm, type TfjsEngine } from '../../common/tfjs-wasm.js';
import type { TfjsCore } from './tfjs-core.js';
import { loadNativeTfjs, usesGpu } from './tfjs-native.js';

/** A build of TensorFlow.js and the backend of its engine that works. */
export interface TfjsRuntime {
  readonly core: TfjsCore;
  readonly backend: 'tensorflow' | 'wasm' | 'cpu';
  readonly gpu: boolean;
  /** Package, version and device, and why a faster package that is installed is not used; one line. */
  readonly detail: string;
}

export const TFJS_INSTALL = 'npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm';

const NATIVE_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** The first use of a GPU compiles kernels; a build that does not know the GPU may do so for minutes, and is given up. */
const PROBE_MILLISECONDS = 60_000;

let chosen: Promise<TfjsRuntime> | undefined;

/**
 * The fastest build that is installed and works: on a GPU, on the CPU's own instructions, as WebAssembly. Chosen once
 * per process. Throws InputError when there is none.
 */
export function tfjsRuntime(): Promise<TfjsRuntime> {
  chosen ??= choose().catch((error) => {
    chosen = undefined;
    throw error;
  });
  return chosen;
}

/** The engine's current backend, under which a caller's tensor was made. Throws InputError when it is not known. */
export async function currentRuntime(): Promise<TfjsRuntime> {
  const core = await loadCore();
  const backend = core.getBackend();
  if (backend !== 'tensorflow' && backend !== 'wasm' && backend !== 'cpu') {
    throw new InputError(`tfjs: nothing is known of the precision of TensorFlow.js' backend ${backend}`);
  }
  const gpu = backend === 'tensorflow' && usesGpu(core);
  return { core, backend, gpu, detail: `TensorFlow.js, backend ${backend}${gpu ? ' on a GPU' : ''}` };
}

/** Runs `work`, which must not await, under the runtime's backend, and leaves the engine as it was for its other users. */
export function withBackend<T>({ core, backend }: TfjsRuntime, work: () => T): T {
  const before = core.getBackend() as string | undefined;
  if (before === backend) return work();
  // It takes effect before it returns, since the backend has started.
  void core.setBackend(backend);
  try {
    return work();
  } finally {
    if (before !== undefined) void core.setBackend(before);
  }
}

async function choose(): Promise<TfjsRuntime> {
  const refused: string[] = [];
  for (const name of NATIVE_PACKAGES.filter(isInstalled)) {
    const reason = await probe(name);
    if (reason === undefined) {
      const { core, version, gpu } = loadNativeTfjs(name);
      const device = gpu ? 'GPU' : 'CPU';
      return { core, backend: 'tensorflow', gpu, detail: [`${name} ${version}, ${device}`, ...refused].join('; ') };
    }
    refused.push(`${name} is not used: ${reason}`);
  }
  try {
    return await wasmRuntime(refused);
  } catch (error) {
    throw new InputError([messageOf(error), ...refused].join('; '), { cause: error });
  }
}

async function wasmRuntime(refused: readonly string[]): Promise<TfjsRuntime> {
  const core = await loadCore();
  const { version_wasm } = await loadPeer('tfjs', TFJS_INSTALL, () => import('@tensorflow/tfjs-backend-wasm'));
  await startWasm(core);
  const detail = [`@tensorflow/tfjs-backend-wasm ${version_wasm}, CPU, one thread`, ...refused].join('; ');
  return { core, backend: 'wasm', gpu: false, detail };
}

async function loadCore(): Promise<TfjsCore & TfjsEngine> {
  const core = await loadPeer('tfjs', TFJS_INSTALL, () => import('@tensorflow/tfjs-core'));
  // Its own types ask for its own tensors everywhere.
  return core as unknown as TfjsCore & TfjsEngine;
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Why a native package cannot be used; undefined when it can. */
export function probe(name: string, milliseconds = PROBE_MILLISECONDS): Promise<string | undefined> {
  const script = fileURLToPath(new URL('./tfjs-probe.js', import.meta.url));
  const options = { timeout: milliseconds, killSignal: 'SIGKILL', env: { ...process.env, NODE_OPTIONS: '' } } as const;
  return new Promise((resolve) => {
    const started = performance.now();
    execFile(process.execPath, [script, name], options, (error, _, stderr) => {
      if (error === null) return resolve(undefined);
      const said = stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
      if (error.killed && performance.now() - started >= milliseconds) {
        return resolve(`no answer within ${milliseconds / 1000} s`);
      }
      resolve([error.signal && `ended by ${error.signal}`, said].filter(Boolean).join(': ') || 'it cannot be loaded');
    });
  });
}
