import { checkInteger, fail } from '../common/check.js';
import { InputError } from '../common/errors.js';

/** Which documents a search may return: at most one of the two, by default all. */
export interface SubsetOptions {
  /** A bitmap for all queries: bit d % 8 of byte d / 8 is set for each document d that may be returned. */
  readonly filter?: Uint8Array | undefined;
  /** For each query the documents that may be returned, in any order, without repeats. */
  readonly candidates?: readonly (Uint32Array | readonly number[])[] | undefined;
}

/** A copy of the bitmap, or undefined for none. */
export function checkFilter({ filter, candidates }: SubsetOptions, size: number): Uint8Array | undefined {
  if (filter === undefined) return undefined;
  if (candidates !== undefined) throw new InputError('filter and candidates: only one of the two');
  const bytes = Math.ceil(size / 8);
  if (!(filter instanceof Uint8Array) || filter.length !== bytes)
    fail('filter', `a Uint8Array of ${bytes} bytes`, filter);
  // A copy: the caller may change or transfer its own. (To the core an empty one is none; nor has an empty index any use.)
  return size === 0 ? undefined : filter.slice();
}

/** Throws InputError unless there is one list a query. */
export function checkCandidates({ candidates }: SubsetOptions, queries: number): void {
  if (candidates === undefined || (Array.isArray(candidates) && candidates.length === queries)) return;
  fail('candidates', `an array of ${queries} lists, one a query`, candidates);
}

/** The lists one behind the other: list i is ids[offsets[i] .. offsets[i + 1]). */
export function packCandidates(
  options: SubsetOptions,
  queries: number,
): { offsets: Uint32Array; ids: Uint32Array } | undefined {
  checkCandidates(options, queries);
  const { candidates } = options;
  if (candidates === undefined) return undefined;
  const offsets = new Uint32Array(queries + 1);
  for (const [i, list] of candidates.entries()) {
    if (!(list instanceof Uint32Array) && !Array.isArray(list)) fail(`candidates ${i}`, 'a list of positions', list);
    offsets[i + 1] = offsets[i]! + list.length;
  }
  const ids = new Uint32Array(offsets[queries]!);
  for (const [i, list] of candidates.entries()) {
    ids.set(list, offsets[i]!);
    // What is not a whole number of 32 bits has changed on its way.
    const changed = list.findIndex((position, j) => ids[offsets[i]! + j] !== position);
    if (changed !== -1) checkInteger(`candidates ${i}: position ${changed}`, list[changed]);
  }
  return { offsets, ids };
}
