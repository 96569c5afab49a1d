import type { Qrels } from '../rank/qrels.js';

/** What judgements name that is not there; in measures they count all the same. */
export interface Dangling {
  /** Judgements above 0 of documents that are not in the corpus: no ranking can find them. */
  readonly positivesWithoutDocument: number;
  /** Judged queries that are not among the queries. */
  readonly judgedWithoutQuery: number;
}

export function countDangling(qrels: Qrels, queryIds: Iterable<string>, documentIds: Iterable<string>): Dangling {
  const queries = new Set(qrels.keys());
  const positives = new Map<string, number>();
  for (const grades of qrels.values()) {
    for (const [id, grade] of grades) if (grade > 0) positives.set(id, (positives.get(id) ?? 0) + 1);
  }
  for (const id of queryIds) queries.delete(id);
  for (const id of documentIds) positives.delete(id);
  const positivesWithoutDocument = [...positives.values()].reduce((sum, count) => sum + count, 0);
  return { positivesWithoutDocument, judgedWithoutQuery: queries.size };
}
