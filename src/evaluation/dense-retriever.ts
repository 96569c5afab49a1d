import type { Ranking } from '../rank/ranking.js';
import type { VectorSearch } from '../results/task-result.js';
import type { DenseIndex } from './dense-index.js';
import { type BuildOptions, type Retriever, toRankings } from './retriever.js';

/** Ranks by the similarity of embeddings. The index remains whose it is. */
export class DenseRetriever implements Retriever {
  readonly settings;
  readonly counts;
  readonly #dense: DenseIndex;
  readonly #build: BuildOptions;
  #vectorSearch: VectorSearch;

  constructor(dense: DenseIndex, build: BuildOptions) {
    this.#dense = dense;
    this.#build = build;
    this.settings = dense.settings;
    this.counts = dense.counts;
    this.#vectorSearch = { backend: dense.index.backend, exact: true, fallbacks: 0, scored: 0 };
  }

  get documentIds(): readonly string[] {
    return this.#dense.ids;
  }

  get vectorSearch(): VectorSearch {
    return this.#vectorSearch;
  }

  async retrieve(start: number, end: number, depth: number, signal: AbortSignal | undefined): Promise<Ranking[]> {
    const { index, ids, queries } = this.#dense;
    const { data, dimension } = queries;
    const block = { data: data.subarray(start * dimension, end * dimension), count: end - start, dimension };
    const topK = await index.search(block, { k: depth, signal });
    const { exact, fallbacks, scored } = this.#vectorSearch;
    const { report } = topK;
    this.#vectorSearch = {
      backend: report.backend,
      ...(report.detail !== undefined && { detail: report.detail }),
      exact: exact && report.exact,
      fallbacks: fallbacks + report.fallbacks,
      scored: scored + report.scored,
    };
    return toRankings(this.#build.queries.slice(start, end), topK, ids);
  }
}
