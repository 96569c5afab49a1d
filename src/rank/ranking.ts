/** What every index returns for a block of queries. Rows are queries; row `i` holds `counts[i]` valid entries. */
export interface TopK {
  /** [queries, k] row-major: positions in the corpus, best first. */
  readonly indices: Uint32Array;
  /** [queries, k] row-major, aligned with `indices`. */
  readonly scores: Float32Array;
  /** [queries]: how many entries of the row are valid, min(k, documents that may be returned); never sentinels. */
  readonly counts: Uint32Array;
  readonly k: number;
}

/** A block of a search's results: the rankings of queries `start`, `start + 1`, ... */
export interface TopKBlock {
  readonly start: number;
  readonly topK: TopK;
}

export interface SearchOptions {
  /** How many documents per query, at least 1; cut to the corpus size. */
  readonly k: number;
  /** Ends the search between blocks of work; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface BatchSearchOptions extends SearchOptions {
  /** Queries per block; bounds the memory of the results. */
  readonly batchSize?: number | undefined;
}

/** An index of documents that answers blocks of queries of type `Queries`. */
export interface Index<Queries> extends Disposable {
  /** Number of documents. */
  readonly size: number;
  search(queries: Queries, options: SearchOptions): Promise<TopK>;
  /** The same in blocks, each as soon as it is ready. */
  searchBatches(queries: Queries, options: BatchSearchOptions): AsyncIterable<TopKBlock>;
}

/** The documents returned for one query, best first. */
export interface Ranking {
  readonly queryId: string;
  readonly documentIds: readonly string[];
  /** Aligned with `documentIds`. */
  readonly scores: Float32Array | Float64Array;
  /**
   * A positive that HAKARI's reranking_hybrid appends behind the last document, for rerankers. It was not found, so it
   * does not count when the ranking is measured.
   */
  readonly safeguard?: string | undefined;
}
