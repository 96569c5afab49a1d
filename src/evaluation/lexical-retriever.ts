import { InputError } from '../common/errors.js';
import type { Task } from '../dataset/task.js';
import type { Bm25Document } from '../lexical/analyze-corpus.js';
import { Bm25Index } from '../lexical/bm25-index.js';
import type { Bm25Queries } from '../lexical/bm25-queries.js';
import type { Bm25Explanation } from '../lexical/explanation.js';
import type { Ranking } from '../rank/ranking.js';
import { pickAnalyzer } from './pick-analyzer.js';
import type { LexicalOptions } from './profile.js';
import { type BuildOptions, type Retriever, toRankings } from './retriever.js';

/** Ranks by BM25. */
export class LexicalRetriever implements Retriever, Disposable {
  readonly settings;
  readonly counts;
  readonly #build: BuildOptions;
  readonly #index: Bm25Index;
  readonly #queries: Bm25Queries;

  private constructor(build: BuildOptions, index: Bm25Index, queries: Bm25Queries, settings: Retriever['settings']) {
    this.#build = build;
    this.#index = index;
    this.#queries = queries;
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
    const { tieRule, clock, signal } = build;
    clock.enter('analyze');
    const { analyzer, why, engines } = await pickAnalyzer(task, options, build.queries);
    const index = await Bm25Index.build(documents(task, build), { ...options, analyzer, tieRule, signal });
    const { method, k1, b, delta, quantizeLengths } = index;
    clock.enter('analyze');
    const queries = await index.analyze(build.queries.map(({ text }) => text));
    return new LexicalRetriever(build, index, queries, {
      analyzer: analyzer.name,
      analyzerReason: why,
      ...(engines === '' ? {} : { analyzerEngines: engines }),
      method,
      k1,
      b,
      ...(method === 'bm25l' || method === 'bm25+' ? { delta } : {}),
      ...(quantizeLengths ? { quantizeLengths } : {}),
    });
  }

  get documentIds(): readonly string[] {
    return this.#index.ids ?? [];
  }

  /**
   * How a document comes to its score for one of the task's queries. `pair` is QUERY-ID:DOCUMENT-ID, where ids may hold
   * colons too. Throws InputError when it names no pair, or more than one.
   */
  explain(pair: string): ExplainedPair {
    const documentIds = new Set(this.#index.ids);
    const pairs = [...pair.matchAll(/:/g)].flatMap(({ index }) => {
      const documentId = pair.slice(index + 1);
      const query = this.#build.queries.find(({ id }) => id === pair.slice(0, index));
      return query !== undefined && documentIds.has(documentId) ? [{ query, documentId }] : [];
    });
    const [found] = pairs;
    if (found === undefined || pairs.length > 1) {
      const problem = found === undefined ? 'is no query and document of the task' : 'can be read in two ways';
      throw new InputError(`${pair}: ${problem} (QUERY-ID:DOCUMENT-ID)`);
    }
    const { query, documentId } = found;
    return { queryId: query.id, documentId, explanation: this.#index.explain(query.text, documentId) };
  }

  async retrieve(start: number, end: number, depth: number, signal: AbortSignal | undefined): Promise<Ranking[]> {
    const topK = await this.#index.searchAnalyzed(this.#queries, { k: depth, start, end, signal });
    return toRankings(this.#build.queries.slice(start, end), topK, this.#index.ids ?? []);
  }

  [Symbol.dispose](): void {
    this.#index[Symbol.dispose]();
  }
}

interface ExplainedPair {
  readonly queryId: string;
  readonly documentId: string;
  readonly explanation: Bm25Explanation;
}

async function* documents(task: Task, { clock, onProgress }: BuildOptions): AsyncGenerator<readonly Bm25Document[]> {
  clock.enter('read');
  const total = await task.corpusRows();
  let done = 0;
  for await (const batch of task.encodedCorpus?.() ?? task.corpus()) {
    clock.enter('analyze');
    yield batch.rows;
    done += batch.read;
    onProgress?.({ stage: 'index', done, total });
    clock.enter('read');
  }
  clock.enter('index');
}
