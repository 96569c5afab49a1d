import { setMaxListeners } from 'node:events';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { type Cancellation, nativeCore } from './addon.js';

/**
 * Runs a native call that `signal` can stop. Rejects with the signal's reason when it was aborted, and with InputError
 * when the core refuses its input.
 */
export async function callNative<T>(
  signal: AbortSignal | undefined,
  call: (cancellation: Cancellation | undefined) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const cancellation = signal === undefined ? undefined : new (nativeCore().Cancellation)();
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
