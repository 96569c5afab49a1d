import type { TextEntry } from '../dataset/nano-writer.js';
import type { CandidateRow, Task, TextBatch } from '../dataset/task.js';
import type { FullSource, Judgement, SourceFacts } from './source.js';
import { strip } from './source-text.js';

/** A dataset of the Hub, as its tasks are read: titles have been merged, and empty texts dropped, before. */
export class TaskSource implements FullSource {
  readonly path: string;
  readonly split: string;
  readonly name: string;
  readonly isOneOfMany = true;
  readonly language: string | undefined;
  readonly category: FullSource['category'];
  readonly #task: Task;

  /** @param name what the user called the dataset */
  constructor(task: Task, name: string) {
    this.path = task.path;
    this.split = task.name;
    this.language = task.language;
    this.category = task.category;
    this.#task = task;
    this.name = name;
  }

  documents(): AsyncGenerator<TextEntry[], void, void> {
    return entries(this.#task.corpus());
  }

  queries(): AsyncGenerator<TextEntry[], void, void> {
    return entries(this.#task.queries());
  }

  async *judgements(): AsyncGenerator<Judgement[], void, void> {
    for (const [queryId, judged] of await this.#task.qrels()) {
      yield Array.from(judged, ([documentId, grade]) => ({ queryId, documentId, relevant: grade > 0 }));
    }
  }

  candidates(config: string): AsyncIterable<CandidateRow> {
    return this.#task.candidates(config);
  }

  async facts(): Promise<SourceFacts> {
    const { format, origin } = this.#task;
    const { split } = this;
    if (origin === undefined) return { name: this.name, split, format };
    return { name: origin.dataset, split, format, revision: origin.revision, checksums: origin.checksums };
  }
}

async function* entries(batches: AsyncIterable<TextBatch>): AsyncGenerator<TextEntry[], void, void> {
  for await (const { rows } of batches) yield rows.map(({ id, text }) => ({ id, text: strip(text) }));
}
