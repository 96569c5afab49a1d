/**
 * The input (a file, a row, an option) is wrong and its owner can mend it. The message is one line that names the
 * culprit first: `corpus/x.parquet: row 12: _id is null`. The command line prints it without a stack.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** One line about any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error (`ENOENT`, `EACCES` ...), if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
