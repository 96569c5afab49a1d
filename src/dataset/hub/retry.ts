import { setTimeout } from 'node:timers/promises';
import { InputError, messageOf } from '../../common/errors.js';

/** A trouble that may pass: a broken connection, a busy server. */
export class PassingTrouble extends Error {
  override readonly name = 'PassingTrouble';
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(message: string, options: { cause?: unknown; retryAfter?: number | undefined } = {}) {
    super(message, { cause: options.cause });
    this.retryAfter = options.retryAfter;
  }
}

/** How long to bear with a server. Times in milliseconds. */
export interface Patience {
  /** Attempts without progress before it is given up. */
  readonly attempts: number;
  /** Doubled after each attempt. */
  readonly firstDelay: number;
  readonly longestDelay: number;
  /** A server that asks for a longer wait is not waited for: the user is told. */
  readonly longestRetryAfter: number;
  /** Without a single byte. */
  readonly silence: number;
}

export const PATIENCE: Patience = {
  attempts: 5,
  firstDelay: 500,
  longestDelay: 30_000,
  // The Hub counts requests in windows of five minutes.
  longestRetryAfter: 300_000,
  silence: 30_000,
};

export interface RetryOptions {
  readonly patience: Patience;
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((milliseconds: number, reason: string) => void) | undefined;
}

/**
 * Does `work` again after passing troubles. It may call `progressed` to say that the server does serve, however
 * often it breaks off: attempts are counted anew then. Throws InputError that starts with `what` when patience ends.
 */
export async function persist<T>(
  what: string,
  { patience, signal, onWait }: RetryOptions,
  work: (progressed: () => void) => Promise<T>,
): Promise<T> {
  let failures = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await work(() => {
        failures = 0;
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!(error instanceof PassingTrouble)) throw error;
      failures++;
      if (failures >= patience.attempts) {
        throw new InputError(`${what}: ${error.message} (given up after ${failures} attempts)`, { cause: error });
      }
      const delay = delayOf(error, failures, patience, what);
      onWait?.(delay, messageOf(error));
      await setTimeout(delay, undefined, signal && { signal }).catch((aborted: unknown) => {
        throw signal?.aborted ? signal.reason : aborted;
      });
    }
  }
}

function delayOf({ message, retryAfter }: PassingTrouble, failures: number, patience: Patience, what: string): number {
  // Half of the delay is drawn, so that many who were refused together do not come back together.
  const own = Math.min(patience.firstDelay * 2 ** (failures - 1), patience.longestDelay) * (0.5 + Math.random() / 2);
  if (retryAfter === undefined) return own;
  if (retryAfter > patience.longestRetryAfter) {
    throw new InputError(`${what}: ${message}; it asks to wait ${Math.ceil(retryAfter / 1000)} s: try again then`);
  }
  return Math.max(retryAfter, own);
}

/** The Retry-After header in milliseconds: seconds, or a date. */
export function retryAfterOf(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
