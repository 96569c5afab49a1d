import { checkInteger, checkNumber, checkOptions, fail } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';

export interface FusionOptions {
  /** The constant of 1 / (k + rank), at least 0; 100 in HAKARI, 60 in the paper. Default 100. */
  readonly k?: number | undefined;
  /** How many documents are kept, at least 1. Default: all. */
  readonly limit?: number | undefined;
}

/** A fused ranking, best first. */
export interface FusedRanking {
  readonly documentIds: string[];
  /** Aligned with `documentIds`, never increasing. */
  readonly scores: Float64Array;
}

interface Candidate {
  readonly id: string;
  score: number;
  bestRank: number;
}

/**
 * Reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): a document's score is the sum, in float64 and in
 * the order of the lists, of 1 / (k + rank) over the lists that hold it, ranks from 1. Order: score descending, then
 * the best rank in any one list, then id ascending (HAKARI rule). Each list holds document ids, best first; InputError
 * if it repeats one.
 */
export function fuse(lists: readonly (readonly string[])[], options: FusionOptions = {}): FusedRanking {
  checkLists(lists);
  checkOptions(options);
  const k = checkNumber('k', options.k ?? 100, 0);
  const limit = options.limit === undefined ? Infinity : checkInteger('limit', options.limit, 1);
  const best = gather(lists, k).sort(compareCandidates).slice(0, limit);
  return {
    documentIds: best.map((candidate) => candidate.id),
    scores: Float64Array.from(best, (candidate) => candidate.score),
  };
}

function checkLists(lists: unknown): void {
  if (!Array.isArray(lists)) fail('lists', 'an array of arrays of document ids', lists);
  for (const [position, list] of lists.entries()) {
    const name = `list ${position} of the fusion`;
    if (!Array.isArray(list)) fail(name, 'an array of document ids', list);
    for (const id of list) if (typeof id !== 'string') fail(`${name}: each document id`, 'a string', id);
  }
}

function gather(lists: readonly (readonly string[])[], k: number): Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const [position, list] of lists.entries()) {
    if (new Set(list).size !== list.length) refuseRepeated(list, position);
    for (const [index, id] of list.entries()) {
      const rank = index + 1;
      const known = candidates.get(id);
      if (known === undefined) {
        candidates.set(id, { id, score: 1 / (k + rank), bestRank: rank });
      } else {
        known.score += 1 / (k + rank);
        known.bestRank = Math.min(known.bestRank, rank);
      }
    }
  }
  return [...candidates.values()];
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return b.score - a.score || a.bestRank - b.bestRank || compareIds(a.id, b.id);
}

function refuseRepeated(list: readonly string[], position: number): never {
  const id = list.find((candidate, index) => list.indexOf(candidate) !== index);
  throw new InputError(`document id ${JSON.stringify(id)}: occurs twice in list ${position} of the fusion`);
}
