import { checkInteger, fail } from '../../common/check.js';
import { InputError, messageOf } from '../../common/errors.js';
import { CUDA_REMEDY, type CudaDevice, cudaAddon } from '../../native/cuda-addon.js';
import type { BackendStatus } from '../backend.js';

export interface CudaOptions {
  /** GPUs that share the documents, by their number in the driver's order; default all that the kernels run on. */
  readonly devices?: readonly number[] | undefined;
  /** Memory of each GPU that may be used, default all that is free. Documents beyond it are brought in blocks. */
  readonly memoryBytes?: number | undefined;
}

const DRIVER_REMEDY =
  "a GPU of compute capability 8.0 or newer, and NVIDIA's driver for the CUDA version that Tenbin was built with";

let usable: readonly number[] | undefined;

export async function cudaStatus(): Promise<BackendStatus> {
  const refused = (detail: string, remedy: string) =>
    ({ backend: 'cuda', available: false, detail, remedy }) satisfies BackendStatus;
  let found: ReturnType<ReturnType<typeof cudaAddon>['devices']>;
  try {
    found = cudaAddon().devices();
  } catch (error) {
    return refused(messageOf(error).replace(` ${CUDA_REMEDY}`, ''), CUDA_REMEDY);
  }
  const { devices, reason } = found;
  if (devices.length === 0) return refused(reason ?? 'no NVIDIA GPU', DRIVER_REMEDY);
  const detail = devices.map(describe).join('; ');
  if (!devices.some((device) => device.usable)) return refused(detail, DRIVER_REMEDY);
  return { backend: 'cuda', available: true, detail };
}

function describe({ name, memoryBytes, capability }: CudaDevice): string {
  return `${name}, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, compute capability ${capability}`;
}

/** Numbers of the GPUs that the kernels run on; none where there is no addon or no driver, which is asked once. */
export function cudaDevices(): readonly number[] {
  if (usable === undefined) {
    try {
      usable = [...cudaAddon().devices().devices.entries()].flatMap(([i, device]) => (device.usable ? [i] : []));
    } catch {
      usable = [];
    }
  }
  return usable;
}

/** Defaults filled in. Throws InputError for what is wrong, and when there is no GPU, saying how to get one to work. */
export async function checkCudaOptions(options: CudaOptions): Promise<{ devices: Uint32Array; memoryBytes: number }> {
  const { devices, memoryBytes = 0 } = options;
  if (options.memoryBytes !== undefined) checkInteger('cuda.memoryBytes', memoryBytes, 1, Number.MAX_SAFE_INTEGER);
  if (devices !== undefined) {
    if (!Array.isArray(devices) || devices.length === 0) fail('cuda.devices', 'numbers of GPUs', devices);
    for (const device of devices) checkInteger('cuda.devices', device);
    if (new Set(devices).size < devices.length) throw new InputError('cuda.devices: a GPU is given twice');
  }
  const status = await cudaStatus();
  if (!status.available) throw new InputError(`backend cuda: ${status.detail}. To get it: ${status.remedy}`);
  return { devices: Uint32Array.from(devices ?? cudaDevices()), memoryBytes };
}
