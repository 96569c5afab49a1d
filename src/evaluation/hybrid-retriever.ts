import { fuse } from '../rank/fusion.js';
import type { Qrels } from '../rank/qrels.js';
import type { Ranking } from '../rank/ranking.js';
import { safeguardPositive } from '../rank/safeguard.js';
import type { Retriever } from './retriever.js';

/** Depth of the two lists that are fused, and the constant of 1 / (k + rank): HAKARI's. */
const FIRST_STAGE_DEPTH = 500;
const RRF_K = 100;

export interface HybridOptions {
  readonly lexical: Retriever;
  readonly dense: Retriever;
  /** The task's split name, which seeds the safeguard. */
  readonly split: string;
  readonly qrels: Qrels;
  readonly corpusIds: ReadonlySet<string>;
}

/**
 * HAKARI's reranking_hybrid (its rule 4.1): reciprocal rank fusion of a lexical and a dense list, cut, and where no
 * positive is left one of them as a safeguard behind it, so that a reranker has something to find.
 */
export class HybridRetriever implements Retriever {
  readonly settings;
  readonly #options: HybridOptions;
  #safeguards = 0;

  constructor(options: HybridOptions) {
    const { lexical, dense } = options;
    this.#options = options;
    this.settings = { ...lexical.settings, ...dense.settings, firstStageDepth: FIRST_STAGE_DEPTH, rrfK: RRF_K };
  }

  get counts() {
    const { lexical, dense } = this.#options;
    return { ...lexical.counts, ...dense.counts, safeguardPositives: this.#safeguards };
  }

  get documentIds() {
    return this.#options.corpusIds;
  }

  get vectorSearch() {
    return this.#options.dense.vectorSearch;
  }

  async retrieve(start: number, end: number, depth: number, signal: AbortSignal | undefined): Promise<Ranking[]> {
    const lexical = await this.#options.lexical.retrieve(start, end, FIRST_STAGE_DEPTH, signal);
    const dense = await this.#options.dense.retrieve(start, end, FIRST_STAGE_DEPTH, signal);
    return lexical.map((ranking, i) => this.#fuse(ranking, dense[i]!, depth));
  }

  #fuse({ queryId, documentIds: lexical }: Ranking, { documentIds: dense }: Ranking, depth: number): Ranking {
    const { split, qrels, corpusIds } = this.#options;
    const { documentIds, scores } = fuse([lexical, dense], { k: RRF_K, limit: depth });
    const judged = [...(qrels.get(queryId) ?? [])];
    const positives = judged.filter(([id, grade]) => grade > 0 && corpusIds.has(id)).map(([id]) => id);
    const safeguard = safeguardPositive({ split, queryId, kept: documentIds, positives });
    if (safeguard === undefined) return { queryId, documentIds, scores };
    this.#safeguards++;
    return { queryId, documentIds, scores, safeguard };
  }
}
