import { errorCode, InputError, messageOf } from './errors.js';

/**
 * Loads an optional peer package, by an `import()` or a `require.resolve` in `load`. If it is missing, an InputError
 * names it and the command that installs everything `feature` needs.
 */
export async function loadPeer<T>(feature: string, install: string, load: () => T | Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    // Node says: Cannot find package '@scope/name' imported from ..., or: Cannot find module '@scope/name/file'.
    const missing = /'((?:@[^/']+\/)?[^/'\n]+)[^'\n]*'/.exec(messageOf(error))?.[1] ?? 'one of its packages';
    throw new InputError(`${feature}: ${missing} is not installed: ${install}`, { cause: error });
  }
}

/** Loads an optional peer package that there is a substitute for: undefined when it is missing. */
export async function tryPeer<T>(load: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(errorCode(error) ?? '');
}
