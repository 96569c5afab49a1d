/** What starting the wasm backend takes of `@tensorflow/tfjs-core`. */
export interface TfjsEngine {
  findBackendFactory(name: 'wasm'): () => unknown;
  engine(): { readonly registry: Record<string, unknown> };
}

let starting: Promise<void> | undefined;

/**
 * Starts TensorFlow.js' wasm backend, so that `setBackend('wasm')` takes effect at once. It is not made the current one,
 * for the process has one engine, which others may be using. `setBackend` by itself would make the engine unusable
 * until the backend has started, and of two that start at once would fail the first.
 */
export function startWasm(core: TfjsEngine): Promise<void> {
  starting ??= start(core).catch((error) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function start(core: TfjsEngine): Promise<void> {
  const { registry } = core.engine();
  registry.wasm ??= await core.findBackendFactory('wasm')();
}
