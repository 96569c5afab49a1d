import type { Embeddings } from '../common/embeddings.js';
import { InputError } from '../common/errors.js';
import type { Task } from '../dataset/task.js';
import type { EmbeddingSource } from '../encoder/encoder.js';
import type { BuildOptions } from './retriever.js';

/**
 * The embeddings of a task's corpus with its ids, made batch by batch: no more than one batch of texts is held. They
 * must have the dimension of the queries, which an empty corpus has too.
 */
export async function embedCorpus(
  task: Task,
  source: EmbeddingSource,
  dimension: number,
  { clock, signal, onProgress }: BuildOptions,
): Promise<{ ids: string[]; embeddings: Embeddings }> {
  const ids: string[] = [];
  const total = await task.corpusRows();
  const rows = new GrowingRows(dimension, total ?? 0);
  let read = 0;
  clock.enter('read');
  for await (const batch of task.corpus()) {
    clock.enter('encode');
    for (const row of batch.rows) ids.push(row.id);
    const report = (done: number) => onProgress?.({ stage: 'encode documents', done: read + done, total });
    rows.append(await source.embed(batch.rows, 'document', { signal, onProgress: report }));
    read += batch.read;
    report(0);
    clock.enter('read');
  }
  source.checkTable('document', read);
  return { ids, embeddings: rows.finish() };
}

/** Matrices put one below the other. A single one is kept as it is, without a copy. */
class GrowingRows {
  readonly #dimension: number;
  /** How many rows there will be, where it is known. */
  readonly #expected: number;
  #data = new Float32Array(0);
  #count = 0;

  constructor(dimension: number, expected: number) {
    this.#dimension = dimension;
    this.#expected = expected;
  }

  append({ data, count, dimension }: Embeddings): void {
    if (count === 0) return;
    if (dimension !== this.#dimension) {
      throw new InputError(`documents have ${dimension} dimensions, queries have ${this.#dimension}`);
    }
    if (this.#count === 0) {
      this.#data = data as Float32Array<ArrayBuffer>;
    } else {
      this.#reserve(this.#count + count);
      this.#data.set(data, this.#count * dimension);
    }
    this.#count += count;
  }

  finish(): Embeddings {
    const dimension = this.#dimension;
    return { data: this.#data.subarray(0, this.#count * dimension), count: this.#count, dimension };
  }

  #reserve(rows: number): void {
    if (this.#data.length >= rows * this.#dimension) return;
    const enough = rows <= this.#expected ? this.#expected : 2 * rows;
    const larger = new Float32Array(enough * this.#dimension);
    larger.set(this.#data.subarray(0, this.#count * this.#dimension));
    this.#data = larger;
  }
}
