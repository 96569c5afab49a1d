import type { TextRow } from '../dataset/task.js';
import type { Ranking, TopK } from '../rank/ranking.js';
import type { TieRule } from '../rank/tie-order.js';
import type { Setting, VectorSearch } from '../results/task-result.js';
import type { StageClock } from './stage-clock.js';

/** One way to rank a task's documents, made for the queries of that task. */
export interface Retriever {
  /** What moves its scores, for the result. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** The ids of the documents that it ranks. */
  readonly documentIds: Iterable<string>;
  /** Counts of its own, for the result; final once all queries are through. */
  readonly counts: Readonly<Record<string, number>>;
  /** How embeddings were searched so far, where there are any. */
  readonly vectorSearch?: VectorSearch | undefined;
  /** The rankings, at most `depth` long, of the queries `start .. end - 1`, in their order. */
  retrieve(start: number, end: number, depth: number, signal: AbortSignal | undefined): Promise<Ranking[]>;
}

/** What a long step of an evaluation is doing. `total` is undefined where it is not known. */
export interface Progress {
  readonly stage: 'index' | 'encode documents' | 'encode queries' | 'search';
  readonly done: number;
  readonly total?: number | undefined;
}
export type OnProgress = (progress: Progress) => void;

/** What every retriever is built with, beside its own options. */
export interface BuildOptions {
  readonly queries: readonly TextRow[];
  /** Rows of the query table, those that the loader drops included. */
  readonly queryTableRows: number;
  readonly tieRule: TieRule;
  readonly clock: StageClock;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** The rows of `topK` as rankings of `queries` with document ids; scores are views. */
export function toRankings(queries: readonly TextRow[], topK: TopK, documentIds: readonly string[]): Ranking[] {
  return queries.map(({ id }, row) => {
    const start = row * topK.k;
    const end = start + topK.counts[row]!;
    return {
      queryId: id,
      documentIds: Array.from(topK.indices.subarray(start, end), (position) => documentIds[position]!),
      scores: topK.scores.subarray(start, end),
    };
  });
}
