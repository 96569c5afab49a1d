import { join } from 'node:path';
import { checkChoice } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { writeFolder } from '../common/write-folder.js';
import type { Qrels } from '../rank/qrels.js';
import { checkId, TARGETS, type Target } from './convert-ids.js';
import { checkTarget } from './convert-output.js';
import { type ConvertedTask, type Loss, Tally } from './convert-tally.js';
import {
  documentLine,
  qrelsLines,
  qrelsPath,
  queryLine,
  tables,
  writeCandidateRun,
  writeLines,
} from './convert-text.js';
import { writeNanoTask } from './nano-writer.js';
import type { CandidateRow, Task, TextRow } from './task.js';

export interface ConvertProgress {
  readonly task: string;
  readonly stage: 'corpus' | 'queries' | 'candidates' | 'qrels';
  /** Rows so far. */
  readonly done: number;
}

export interface ConvertOptions {
  readonly to: Target;
  /** Replaces a dataset that is there. */
  readonly force?: boolean | undefined;
  /** Leaves the tasks' own rankings out. */
  readonly withoutCandidates?: boolean | undefined;
  readonly onProgress?: ((progress: ConvertProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes tasks as a folder of another layout, whole or not at all. Tables are streamed: what is held are ids, judgements,
 * and one run of candidates. A Nano folder holds all tasks; of several tasks a BEIR or TREC target has a folder each,
 * `path/<task>`. Ids stay as they are. Throws InputError naming task and id when the target cannot hold one, and when
 * `path` is there. What the target holds otherwise than the source is counted in `losses`.
 */
export async function convertDataset(
  tasks: readonly Task[],
  path: string,
  options: ConvertOptions,
): Promise<ConvertedTask[]> {
  checkChoice('to', options.to, TARGETS);
  if (tasks.length === 0) throw new InputError(`${path}: there is no task to convert`);
  const converted: ConvertedTask[] = [];
  const check = () => checkTarget(path, options.force ?? false);
  await writeFolder(path, check, async (folder) => {
    for (const task of tasks) {
      const part = options.to !== 'nano' && tasks.length > 1 ? [task.name] : [];
      const tally = await convertTask(task, join(folder, ...part), options);
      converted.push(tally.of(task.name, join(path, ...part)));
    }
  });
  return converted;
}

async function convertTask(task: Task, folder: string, options: ConvertOptions): Promise<Tally> {
  const tally = new Tally();
  const qrels = await task.qrels();
  const source = new Source(task, qrels, options, tally);
  const configs = options.withoutCandidates ? [] : await task.candidateConfigs();
  if (options.to === 'nano') await writeNano(source, folder, configs);
  else await writeText(source, folder, configs, options.to);
  tally.candidates.push(...configs);
  return tally;
}

async function writeNano(source: Source, folder: string, configs: readonly string[]): Promise<void> {
  const { task, qrels, tally, where } = source;
  for (const [queryId, judged] of qrels) {
    checkId('nano', 'query', queryId, where);
    for (const [documentId, grade] of judged) {
      checkId('nano', 'document', documentId, where);
      if (grade > 0) tally.judgements++;
      else tally.lose('judgements below 1');
      if (grade > 1) tally.lose('grades');
    }
  }
  await writeNanoTask(folder, task.name, {
    corpus: source.rows('corpus'),
    queries: source.rows('queries'),
    qrels,
    candidates: Object.fromEntries(configs.map((config) => [config, source.candidates(config)])),
  });
}

async function writeText(
  source: Source,
  folder: string,
  configs: readonly string[],
  target: 'beir' | 'trec',
): Promise<void> {
  const { task, qrels, tally, where } = source;
  await writeLines(
    join(folder, tables[target].corpus),
    mapped(source.rows('corpus'), (row) => documentLine(target, row)),
  );
  await writeLines(
    join(folder, tables[target].queries),
    mapped(source.rows('queries'), (row) => queryLine(target, row)),
  );
  for (const config of configs) await writeCandidateRun(folder, config, source.candidates(config), where, tally);
  await writeLines(qrelsPath(target, folder, task.name), qrelsLines(target, qrels, where, tally));
}

/** A task's tables as they are converted: ids checked, rows counted. */
class Source {
  readonly task: Task;
  readonly qrels: Qrels;
  readonly tally: Tally;
  readonly where: string;
  readonly #options: ConvertOptions;

  constructor(task: Task, qrels: Qrels, options: ConvertOptions, tally: Tally) {
    this.task = task;
    this.qrels = qrels;
    this.tally = tally;
    this.where = `${task.path}: ${task.name}`;
    this.#options = options;
  }

  async *rows(table: 'corpus' | 'queries'): AsyncGenerator<TextRow, void, void> {
    let read = 0;
    for await (const batch of table === 'corpus' ? this.task.corpus() : this.task.queries()) {
      this.#options.signal?.throwIfAborted();
      for (const row of batch.rows) {
        checkId(
          this.#options.to,
          table === 'corpus' ? 'document' : 'query',
          row.id,
          `${this.where}: ${table} row ${row.row}`,
        );
        if (table === 'corpus') this.#countDocument(row);
        else this.#countQuery(row);
        yield row;
      }
      // What the source's reader passed over.
      this.tally.lose(table === 'corpus' ? 'documents without text' : this.#dropped, batch.read - batch.rows.length);
      read += batch.read;
      this.#tell(table, read);
    }
  }

  #countDocument({ text }: TextRow): void {
    this.tally.documents++;
    if (text === '') this.tally.lose('documents without text');
    if (this.#options.to === 'beir' && text !== text.trim()) this.tally.lose('white space at the ends');
  }

  #countQuery({ id }: TextRow): void {
    this.tally.queries++;
    if (this.#options.to !== 'nano' && !this.qrels.has(id)) this.tally.lose('unjudged queries');
  }

  /** Why the source's reader passes over queries. */
  get #dropped(): Loss {
    return this.task.format === 'nano' ? 'queries without text' : 'unjudged queries';
  }

  async *candidates(config: string): AsyncGenerator<CandidateRow, void, void> {
    let done = 0;
    for await (const row of this.task.candidates(config)) {
      this.#options.signal?.throwIfAborted();
      yield row;
      if (++done % 100 === 0) this.#tell('candidates', done);
    }
  }

  #tell(stage: ConvertProgress['stage'], done: number): void {
    this.#options.onProgress?.({ task: this.task.name, stage, done });
  }
}

async function* mapped<From, To>(
  items: AsyncIterable<From>,
  change: (item: From) => To,
): AsyncGenerator<To, void, void> {
  for await (const item of items) yield change(item);
}
