import { openAnalyzer } from '../analysis/open-analyzer.js';
import { chooseAnalyzer } from '../analysis/policy.js';
import type { Task } from '../dataset/task.js';
import { type Bm25Document, Bm25Index, type Bm25Queries } from '../lexical/bm25-index.js';
import type { Ranking } from '../rank/ranking.js';
import type { LexicalOptions } from './profile.js';
import { type BuildOptions, type OnProgress, type Retriever, toRankings } from './retriever.js';

/** Ranks by BM25. */
export class LexicalRetriever implements Retriever, Disposable {
  readonly settings;
  readonly counts;
  readonly #build: BuildOptions;
  readonly #index: Bm25Index;
  readonly #queries: Bm25Queries;

  private constructor(build: BuildOptions, index: Bm25Index, settings: Retriever['settings']) {
    this.#build = build;
    this.#index = index;
    this.#queries = index.analyze(build.queries.map(({ text }) => text));
    this.settings = settings;
    this.counts = {
      documents: index.size,
      documentTokens: index.tokenCount,
      queriesWithoutTokens: this.#queries.withoutTokens,
      queriesWithoutKnownTokens: this.#queries.withoutKnownTokens,
    };
  }

  /** Analyzes and indexes the task's corpus. */
  static async build(task: Task, options: LexicalOptions, build: BuildOptions): Promise<LexicalRetriever> {
    const { analyzer, why } = pickAnalyzer(task, options);
    const { method = 'robertson', k1 = 1.5, b = 0.75 } = options;
    const { tieRule, signal, onProgress } = build;
    const index = await Bm25Index.build(documents(task, onProgress), { analyzer, method, k1, b, tieRule, signal });
    return new LexicalRetriever(build, index, { analyzer: analyzer.name, analyzerReason: why, method, k1, b });
  }

  async retrieve(start: number, end: number, depth: number, signal: AbortSignal | undefined): Promise<Ranking[]> {
    const topK = await this.#index.searchAnalyzed(this.#queries, { k: depth, start, end, signal });
    return toRankings(this.#build.queries.slice(start, end), topK, this.#index.ids ?? []);
  }

  [Symbol.dispose](): void {
    this.#index[Symbol.dispose]();
  }
}

function pickAnalyzer(task: Task, { analyzer }: LexicalOptions) {
  if (typeof analyzer === 'object') return { analyzer, why: 'given' };
  if (analyzer !== undefined) return { analyzer: openAnalyzer(analyzer), why: 'given' };
  const choice = chooseAnalyzer(task);
  return { analyzer: openAnalyzer(choice.analyzer), why: choice.why };
}

async function* documents(task: Task, onProgress: OnProgress | undefined): AsyncGenerator<Bm25Document> {
  const total = await task.corpusRows();
  let done = 0;
  for await (const batch of task.corpus()) {
    yield* batch.rows;
    done += batch.read;
    onProgress?.({ stage: 'index', done, total });
  }
}
