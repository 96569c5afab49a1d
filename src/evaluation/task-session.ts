import { InputError } from '../common/errors.js';
import type { Task, TextRow } from '../dataset/task.js';
import type { Qrels } from '../rank/qrels.js';
import type { TieRule } from '../rank/tie-order.js';
import { CandidatesRetriever } from './candidates-retriever.js';
import { DenseRetriever } from './dense-retriever.js';
import { HybridRetriever } from './hybrid-retriever.js';
import { LexicalRetriever } from './lexical-retriever.js';
import type { Profile, RankingOptions } from './profile.js';
import type { BuildOptions, OnProgress, Retriever } from './retriever.js';

export interface SessionOptions extends RankingOptions {
  readonly tieRule: TieRule;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * One task while its profiles are weighed: what they share (queries, judgements, indexes) is made once, when a profile
 * first needs it.
 */
export class TaskSession implements Disposable {
  readonly task: Task;
  readonly queries: readonly TextRow[];
  readonly qrels: Qrels;
  readonly #options: SessionOptions;
  readonly #build: BuildOptions;
  #lexical: LexicalRetriever | undefined;
  #dense: DenseRetriever | undefined;
  #corpusIds: ReadonlySet<string> | undefined;

  private constructor(
    task: Task,
    queries: readonly TextRow[],
    queryTableRows: number,
    qrels: Qrels,
    options: SessionOptions,
  ) {
    this.task = task;
    this.queries = queries;
    this.qrels = qrels;
    this.#options = options;
    const { tieRule, signal, onProgress } = options;
    this.#build = { queries, queryTableRows, tieRule, signal, onProgress };
  }

  /** Reads the task's queries and judgements. */
  static async open(task: Task, options: SessionOptions): Promise<TaskSession> {
    const queries: TextRow[] = [];
    let read = 0;
    for await (const batch of task.queries()) {
      queries.push(...batch.rows);
      read += batch.read;
    }
    return new TaskSession(task, queries, read, await task.qrels(), options);
  }

  /** Throws InputError when the profile needs an encoder and none was given. */
  async retriever(profile: Profile): Promise<Retriever> {
    switch (profile.name) {
      case 'bm25':
        return this.#lexicalRetriever();
      case 'dense':
        return this.#denseRetriever(profile);
      case 'reranking_hybrid':
        return new HybridRetriever({
          lexical: await this.#lexicalRetriever(),
          dense: await this.#denseRetriever(profile),
          split: this.task.name,
          qrels: this.qrels,
          corpusIds: await this.#readCorpusIds(),
        });
      case 'candidates':
        return CandidatesRetriever.build(this.task, profile.config, await this.#readCorpusIds(), this.#build);
    }
  }

  [Symbol.dispose](): void {
    this.#lexical?.[Symbol.dispose]();
    this.#dense?.[Symbol.dispose]();
  }

  async #lexicalRetriever(): Promise<LexicalRetriever> {
    this.#lexical ??= await LexicalRetriever.build(this.task, this.#options.lexical ?? {}, this.#build);
    return this.#lexical;
  }

  async #denseRetriever(profile: Profile): Promise<DenseRetriever> {
    const { dense } = this.#options;
    if (dense === undefined) throw new InputError(`profile ${profile.name}: needs an encoder`);
    this.#dense ??= await DenseRetriever.build(this.task, dense, this.#build);
    return this.#dense;
  }

  async #readCorpusIds(): Promise<ReadonlySet<string>> {
    if (this.#corpusIds === undefined) {
      const ids = new Set<string>();
      for await (const batch of this.task.corpus()) for (const { id } of batch.rows) ids.add(id);
      this.#corpusIds = ids;
    }
    return this.#corpusIds;
  }
}
