import { setImmediate } from 'node:timers/promises';

const MILLISECONDS = 20;

/**
 * Lets timers, signals and sockets have a turn during long work in this thread: to be called often, it waits only when
 * the last turn is some milliseconds ago.
 */
export class Breath {
  #last = performance.now();

  /** Undefined when it is not time yet, so that a loop need not await. */
  take(): Promise<void> | undefined {
    const now = performance.now();
    if (now - this.#last < MILLISECONDS) return undefined;
    return this.#turn();
  }

  async #turn(): Promise<void> {
    await setImmediate();
    this.#last = performance.now();
  }
}
