import { InputError } from '../common/errors.js';
import type { Task, TextRow } from '../dataset/task.js';
import { checkQrels, type Qrels } from '../rank/qrels.js';
import type { TieRule } from '../rank/tie-order.js';
import { CandidatesRetriever } from './candidates-retriever.js';
import { DenseIndex } from './dense-index.js';
import { DenseRetriever } from './dense-retriever.js';
import { HybridRetriever } from './hybrid-retriever.js';
import { LexicalRetriever } from './lexical-retriever.js';
import type { Profile, RankingOptions } from './profile.js';
import type { BuildOptions, OnProgress, Retriever } from './retriever.js';
import { StageClock } from './stage-clock.js';

export interface SessionOptions extends RankingOptions {
  readonly tieRule: TieRule;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * One task while its profiles are weighed: what they share (queries, judgements, indexes) is made once, when a profile
 * first needs it.
 */
export class TaskSession implements AsyncDisposable {
  readonly task: Task;
  readonly queries: readonly TextRow[];
  readonly qrels: Qrels;
  /** Runs from when the session is opened. */
  readonly clock: StageClock;
  readonly #options: SessionOptions;
  readonly #build: BuildOptions;
  // Promises, so that what failed is not tried again for the next profile.
  #lexical: Promise<LexicalRetriever> | undefined;
  #dense: Promise<DenseIndex> | undefined;
  #corpusIds: Promise<ReadonlySet<string>> | undefined;

  private constructor(
    task: Task,
    queries: readonly TextRow[],
    queryTableRows: number,
    qrels: Qrels,
    clock: StageClock,
    options: SessionOptions,
  ) {
    this.task = task;
    this.queries = queries;
    this.qrels = qrels;
    this.clock = clock;
    this.#options = options;
    const { tieRule, signal, onProgress } = options;
    this.#build = { queries, queryTableRows, tieRule, clock, signal, onProgress };
  }

  /** Reads the task's queries and judgements. */
  static async open(task: Task, options: SessionOptions): Promise<TaskSession> {
    const clock = new StageClock();
    clock.enter('open');
    const queries: TextRow[] = [];
    let read = 0;
    for await (const batch of task.queries()) {
      for (const row of batch.rows) queries.push(row);
      read += batch.read;
    }
    const qrels = await task.qrels();
    checkQrels(`${task.path}: task ${task.name}: qrels`, qrels);
    return new TaskSession(task, queries, read, qrels, clock, options);
  }

  async retriever(profile: Profile): Promise<Retriever> {
    switch (profile.name) {
      case 'bm25':
        return this.lexicalRetriever();
      case 'dense':
        return new DenseRetriever(await this.#denseIndex(), this.#build);
      case 'reranking_hybrid': {
        const lexical = await this.lexicalRetriever();
        this.#corpusIds ??= Promise.resolve(new Set(lexical.documentIds));
        return new HybridRetriever({
          lexical,
          dense: new DenseRetriever(await this.#denseIndex(), this.#build),
          split: this.task.name,
          qrels: this.qrels,
          corpusIds: await this.#corpusIds,
        });
      }
      case 'candidates':
        return CandidatesRetriever.build(this.task, profile.config, await this.#readCorpusIds(), this.#build);
    }
  }

  /** The retriever of the profile bm25, as itself. */
  lexicalRetriever(): Promise<LexicalRetriever> {
    this.#lexical ??= LexicalRetriever.build(this.task, this.#options.lexical ?? {}, this.#build);
    return this.#lexical;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const made of await Promise.allSettled([this.#lexical, this.#dense])) {
      if (made.status === 'fulfilled') made.value?.[Symbol.dispose]();
    }
  }

  #denseIndex(): Promise<DenseIndex> {
    const { dense } = this.#options;
    if (dense === undefined) throw new InputError('dense: no encoder was given');
    this.#dense ??= DenseIndex.build(this.task, dense, this.#build);
    return this.#dense;
  }

  #readCorpusIds(): Promise<ReadonlySet<string>> {
    this.clock.enter('read');
    this.#corpusIds ??= readIds(this.task);
    return this.#corpusIds;
  }
}

async function readIds(task: Task): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const batch of task.encodedCorpus?.() ?? task.corpus()) for (const { id } of batch.rows) ids.add(id);
  return ids;
}
