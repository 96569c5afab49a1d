import type { Embeddings } from '../common/embeddings.js';

/*
 * From text to embeddings. An Encoder knows only texts; an EmbeddingSource serves the rows of one task, so that
 * embeddings computed elsewhere can take an encoder's place; an EmbeddingProvider is what the user named.
 */

/** Some models encode the two sides differently (prompts, two towers). */
export type Role = 'query' | 'document';

export interface EncodeOptions {
  /** Looked at between batches; the promise then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Called after each batch with the number of texts that have their vector, of `total`. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Encoder extends Disposable {
  readonly id: string;
  readonly dimension: number;
  /** Everything that changes a vector: versions, a hash of the weights, the backend, cuts. Equal fingerprints, equal bits. */
  readonly fingerprint: string;
  /** One vector per text, in the order given. */
  encode(texts: readonly string[], role: Role, options?: EncodeOptions): Promise<Embeddings>;
}

/** A text with the row of the table it came from, as stored; a loader may have dropped rows before it. */
export interface TextRow {
  readonly text: string;
  readonly row: number;
}

/** The embeddings of one task's queries and corpus. */
export interface EmbeddingSource {
  readonly id: string;
  readonly fingerprint: string;
  /** One vector per row, in the order given. The result may be a view of shared data: read only. */
  embed(rows: readonly TextRow[], role: Role, options?: EncodeOptions): Promise<Embeddings>;
  /**
   * Told how many rows the table of that side has, dropped ones included, once it was read to its end. Throws
   * InputError when the embeddings are those of another table.
   */
  checkTable(role: Role, rows: number): void;
}

export interface EmbeddingProvider extends Disposable {
  readonly id: string;
  forTask(task: { readonly group: string; readonly name: string }): Promise<EmbeddingSource>;
}

/** An encoder serves every task alike: it reads the text and ignores the row. */
export function encoderProvider(encoder: Encoder): EmbeddingProvider {
  const source: EmbeddingSource = {
    id: encoder.id,
    fingerprint: encoder.fingerprint,
    embed: (rows, role, options) =>
      encoder.encode(
        rows.map((row) => row.text),
        role,
        options,
      ),
    checkTable: () => undefined,
  };
  return {
    id: encoder.id,
    forTask: async () => source,
    [Symbol.dispose]: () => encoder[Symbol.dispose](),
  };
}
