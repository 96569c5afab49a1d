import { createRequire } from 'node:module';
import util from 'node:util';
import type { TfjsCore } from './tfjs-core.js';

export interface NativeTfjs {
  readonly core: TfjsCore;
  readonly version: string;
  readonly gpu: boolean;
}

/** Loads `@tensorflow/tfjs-node` or its GPU build, which makes `tensorflow` the engine's current backend. */
export function loadNativeTfjs(name: string): NativeTfjs {
  const require = createRequire(import.meta.url);
  // tfjs-node 4.22 calls these; Node 23 has them no more.
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  legacy.isArray ??= Array.isArray;
  const core = require(name) as TfjsCore;
  const { version } = require(`${name}/package.json`) as { version: string };
  return { core, version, gpu: usesGpu(core) };
}

export function usesGpu(core: TfjsCore): boolean {
  return (core.findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null)?.isUsingGpuDevice === true;
}
