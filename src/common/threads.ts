import { checkInteger } from './check.js';

/** How many threads TENBIN_THREADS asks for; undefined when it does not. Throws InputError when it is no such number. */
export function requestedThreads(): number | undefined {
  const asked = process.env.TENBIN_THREADS || undefined;
  return asked === undefined ? undefined : checkInteger('TENBIN_THREADS', Number(asked), 1, 1024);
}
