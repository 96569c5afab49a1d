import type { Embeddings } from '../common/embeddings.js';
import { InputError } from '../common/errors.js';
import type { Task } from '../dataset/task.js';
import type { EmbeddingSource } from '../encoder/encoder.js';
import type { BuildOptions } from './retriever.js';

/** The embeddings of a task's corpus with its ids, made batch by batch: no more than one batch of texts is held. */
export async function embedCorpus(
  task: Task,
  source: EmbeddingSource,
  { signal, onProgress }: BuildOptions,
): Promise<{ ids: string[]; embeddings: Embeddings }> {
  const ids: string[] = [];
  const rows = new GrowingRows();
  const total = await task.corpusRows();
  let read = 0;
  for await (const batch of task.corpus()) {
    for (const row of batch.rows) ids.push(row.id);
    const report = (done: number) => onProgress?.({ stage: 'encode documents', done: read + done, total });
    rows.append(await source.embed(batch.rows, 'document', { signal, onProgress: report }));
    read += batch.read;
    report(0);
  }
  source.checkTable('document', read);
  return { ids, embeddings: rows.finish() };
}

/** Matrices put one below the other. A single one is kept as it is, without a copy. */
class GrowingRows {
  #data = new Float32Array(0);
  #count = 0;
  #dimension = 0;

  append({ data, count, dimension }: Embeddings): void {
    if (count === 0) return;
    if (this.#count === 0) {
      this.#data = data as Float32Array<ArrayBuffer>;
      this.#dimension = dimension;
    } else {
      if (dimension !== this.#dimension) {
        throw new InputError(`embeddings have ${dimension} dimensions after ${this.#count} with ${this.#dimension}`);
      }
      this.#reserve((this.#count + count) * dimension);
      this.#data.set(data, this.#count * dimension);
    }
    this.#count += count;
  }

  finish(): Embeddings {
    const dimension = Math.max(this.#dimension, 1);
    return { data: this.#data.subarray(0, this.#count * dimension), count: this.#count, dimension };
  }

  #reserve(length: number): void {
    if (this.#data.length >= length) return;
    const larger = new Float32Array(Math.max(length, 2 * this.#data.length));
    larger.set(this.#data.subarray(0, this.#count * this.#dimension));
    this.#data = larger;
  }
}
