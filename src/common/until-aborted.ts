/**
 * The items of a stream until `signal` is aborted, also while the next one is awaited: then its reason is thrown, and the
 * stream is told to end but not waited for.
 */
export async function* untilAborted<T>(stream: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = stream[Symbol.asyncIterator]();
  let refuse: (reason: unknown) => void = () => undefined;
  const abort = () => refuse(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let ended = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      // Not a race with one promise of the abort, which would keep every item for as long as it lives.
      const result = await new Promise<IteratorResult<T>>((resolve, reject) => {
        refuse = reject;
        iterator.next().then(resolve, reject);
      });
      if (result.done) {
        ended = true;
        return;
      }
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    if (!ended) iterator.return?.()?.catch(() => undefined);
  }
}
