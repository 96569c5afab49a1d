import type { Task } from '../dataset/task.js';
import type { Ranking } from '../rank/ranking.js';
import type { BuildOptions, Retriever } from './retriever.js';

/**
 * The rankings that a dataset ships under one config: ids that are not in the corpus are dropped, of a repeated id the
 * first stays (as HAKARI does when a dense model reranks), and a query without a row gets an empty ranking. They come
 * without scores; ranks counted from the end stand in for them.
 */
export class CandidatesRetriever implements Retriever {
  readonly settings;
  readonly counts;
  readonly documentIds: ReadonlySet<string>;
  readonly #build: BuildOptions;
  readonly #candidates: ReadonlyMap<string, readonly string[]>;

  private constructor(
    build: BuildOptions,
    candidates: ReadonlyMap<string, readonly string[]>,
    config: string,
    documentIds: ReadonlySet<string>,
    droppedCandidates: number,
  ) {
    this.#build = build;
    this.documentIds = documentIds;
    this.#candidates = candidates;
    this.settings = { candidates: config };
    const queriesWithoutCandidates = build.queries.filter(({ id }) => !candidates.has(id)).length;
    this.counts = { documents: documentIds.size, droppedCandidates, queriesWithoutCandidates };
  }

  /** Throws InputError when the task has no such config. */
  static async build(
    task: Task,
    config: string,
    corpusIds: ReadonlySet<string>,
    build: BuildOptions,
  ): Promise<CandidatesRetriever> {
    build.clock.enter('read');
    const candidates = new Map<string, readonly string[]>();
    let droppedCandidates = 0;
    for await (const { queryId, documentIds } of task.candidates(config)) {
      build.signal?.throwIfAborted();
      const kept = [...new Set(documentIds)].filter((id) => corpusIds.has(id));
      droppedCandidates += documentIds.length - kept.length;
      candidates.set(queryId, kept);
    }
    return new CandidatesRetriever(build, candidates, config, corpusIds, droppedCandidates);
  }

  async retrieve(start: number, end: number, depth: number): Promise<Ranking[]> {
    return this.#build.queries.slice(start, end).map(({ id: queryId }) => {
      const documentIds = (this.#candidates.get(queryId) ?? []).slice(0, depth);
      return { queryId, documentIds, scores: Float32Array.from(documentIds, (_, i) => documentIds.length - i) };
    });
  }
}
