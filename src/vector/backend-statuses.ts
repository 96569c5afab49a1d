import { messageOf } from '../common/errors.js';
import { coreConfiguration } from '../native/addon.js';
import type { BackendStatus } from './backend.js';
import { cudaStatus } from './backends/cuda.js';
import { faissStatus } from './backends/faiss.js';
import { faissNodeStatus } from './backends/faiss-node.js';
import { tfjsStatus } from './backends/tfjs.js';

/** Every vector backend: whether it can be used here, and if not, why and how to get it. */
export async function backendStatuses(): Promise<BackendStatus[]> {
  return Promise.all([simdStatus(), faissStatus(), faissNodeStatus(), cudaStatus(), tfjsStatus()]);
}

function simdStatus(): BackendStatus {
  try {
    const { isa, threads } = coreConfiguration();
    return { backend: 'simd', available: true, detail: `${isa}, ${threads} ${threads === 1 ? 'thread' : 'threads'}` };
  } catch (error) {
    return {
      backend: 'simd',
      available: false,
      detail: messageOf(error),
      remedy: 'reinstall the package, or in a checkout `npm run build:native`',
    };
  }
}
