/**
 * The items of a stream until `signal` is aborted, also while the next one is awaited: then its reason is thrown, and the
 * stream is told to end but not waited for.
 */
export async function* untilAborted<T>(stream: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = stream[Symbol.asyncIterator]();
  const { promise: aborted, stop } = rejectOnAbort(signal);
  let ended = false;
  try {
    for (;;) {
      const next = iterator.next();
      next.catch(() => undefined); // it may fail after the abort, when nobody waits for it
      const result = await Promise.race([next, aborted]);
      if (result.done) {
        ended = true;
        return;
      }
      yield result.value;
    }
  } finally {
    stop();
    if (!ended) iterator.return?.()?.catch(() => undefined);
  }
}

function rejectOnAbort(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let abort = () => {};
  const promise = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, stop: () => signal.removeEventListener('abort', abort) };
}
