import os from 'node:os';
import { messageOf } from '../common/errors.js';
import { packageVersion } from '../common/version.js';
import { coreConfiguration } from '../native/addon.js';
import type { BackendStatus } from '../vector/backend.js';
import { backendStatuses } from '../vector/backend-statuses.js';
import { findGpus, type Gpu } from './doctor-gpus.js';
import { type OptionalPackage, optionalPackages } from './doctor-packages.js';

/** What `tenbin doctor --json` prints; keys are only ever added. */
export interface DoctorReport {
  readonly tenbin: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: { readonly model: string; readonly logicalCores: number };
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number };
  /** Instruction sets worst first; `isa` is the one in use. */
  readonly core:
    | {
        readonly loaded: true;
        readonly isa: string;
        readonly isas: { readonly compiled: readonly string[]; readonly usable: readonly string[] };
        readonly threads: number;
      }
    | { readonly loaded: false; readonly error: string };
  readonly gpus: readonly Gpu[];
  readonly backends: readonly BackendStatus[];
  readonly packages: readonly OptionalPackage[];
}

export async function examine(): Promise<DoctorReport> {
  const cpus = os.cpus();
  const [gpus, backends] = await Promise.all([findGpus(), backendStatuses()]);
  return {
    tenbin: packageVersion(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: { model: cpus[0]?.model.trim() || 'unknown', logicalCores: cpus.length },
    memory: { totalBytes: os.totalmem(), freeBytes: os.freemem() },
    core: examineCore(),
    gpus,
    backends,
    packages: optionalPackages(),
  };
}

function examineCore(): DoctorReport['core'] {
  try {
    const { isa, isas, threads } = coreConfiguration();
    return { loaded: true, isa, isas, threads };
  } catch (error) {
    return { loaded: false, error: messageOf(error) };
  }
}
