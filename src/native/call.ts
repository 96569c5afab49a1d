import { setMaxListeners } from 'node:events';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { type Cancellation, nativeCore } from './addon.js';

/** Runs a call of the core that `signal` can stop; see callAddon. */
export function callNative<T>(
  signal: AbortSignal | undefined,
  call: (cancellation: Cancellation | undefined) => Promise<T>,
): Promise<T> {
  return callAddon(nativeCore, signal, call);
}

/**
 * Runs a call of an addon that `signal` can stop, by the addon's own class of cancellations: two addons may come from
 * different builds. Rejects with the signal's reason when it was aborted, and with InputError when the addon refuses its
 * input.
 */
export async function callAddon<T>(
  addon: () => { readonly Cancellation: new () => Cancellation },
  signal: AbortSignal | undefined,
  call: (cancellation: Cancellation | undefined) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const cancellation = signal === undefined ? undefined : new (addon().Cancellation)();
  const cancel = () => cancellation?.cancel();
  // One signal may stop any number of calls.
  if (signal !== undefined) setMaxListeners(0, signal);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await call(cancellation);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'TENBIN_CANCELLED') throw signal?.reason;
    if (code === 'TENBIN_INPUT') throw new InputError(messageOf(error), { cause: error });
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
