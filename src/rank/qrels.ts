import { isMap } from 'node:util/types';
import { fail } from '../common/check.js';

/**
 * Relevance judgements: query id -> document id -> grade. A grade above 0 is relevant, 0 or below is judged not
 * relevant; binary collections hold 1 everywhere. Pairs may name documents or queries that were not loaded: they
 * stay, because they belong in the denominators.
 */
export type Qrels = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Throws InputError unless it is a map of maps. */
export function checkQrels(name: string, qrels: unknown): void {
  if (!isMap(qrels)) fail(name, 'a Map of query ids to Maps of document ids to grades', qrels);
  for (const [queryId, grades] of qrels) {
    if (!isMap(grades)) fail(`${name} of query ${JSON.stringify(queryId)}`, 'a Map of document ids to grades', grades);
  }
}
