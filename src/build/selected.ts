import { createHash } from 'node:crypto';
import { compareIds } from '../common/id-order.js';
import type { TextEntry } from '../dataset/nano-writer.js';
import type { SamplingOptions } from './build-options.js';
import type { CorpusSurvey } from './survey.js';

/** The documents of a set while they are taken. */
export class Documents {
  readonly rows: number[] = [];
  readonly #rows = new Set<number>();
  readonly #texts = new Set<string>();
  readonly #barredTexts = new Set<string>();
  readonly #corpus: CorpusSurvey;
  readonly #limit: number;
  readonly #keepDuplicates: boolean;

  constructor(corpus: CorpusSurvey, { documents, keepDuplicates }: SamplingOptions) {
    this.#corpus = corpus;
    this.#limit = documents;
    this.#keepDuplicates = keepDuplicates;
  }

  get full(): boolean {
    return this.rows.length >= this.#limit;
  }

  has(id: string): boolean {
    return this.#rows.has(this.#corpus.rowOf.get(id) ?? -1);
  }

  /** Keeps a document that is not in the set, and all that have its text, out of it. */
  bar(id: string): void {
    const row = this.#corpus.rowOf.get(id);
    if (row === undefined || this.#rows.has(row) || !this.#corpus.texts.has(row)) return;
    this.#barredTexts.add(this.#corpus.texts.key(row));
  }

  /** Whether a judged document is in the set now. */
  add(id: string): boolean {
    const row = this.#corpus.rowOf.get(id);
    return row !== undefined && this.addRow(row);
  }

  addRow(row: number): boolean {
    if (this.#rows.has(row)) return true;
    const { texts, repeated } = this.#corpus;
    if (this.full || repeated[row] || !texts.has(row)) return false;
    const text = texts.key(row);
    if (this.#barredTexts.has(text)) return false;
    if (this.#texts.has(text) && !this.#keepDuplicates) return false;
    this.#texts.add(text);
    this.#rows.add(row);
    this.rows.push(row);
    return true;
  }

  /** Why a judged document is not in the set. */
  reason(id: string): 'notInCorpus' | 'emptyText' | 'sharedText' | 'documentLimit' {
    const row = this.#corpus.rowOf.get(id);
    if (row === undefined) return 'notInCorpus';
    if (!this.#corpus.texts.has(row)) return 'emptyText';
    return this.#texts.has(this.#corpus.texts.key(row)) ? 'sharedText' : 'documentLimit';
  }
}

/** Queries by id and by text. */
export class DistinctQueries {
  repeated = 0;
  readonly #ids = new Set<string>();
  readonly #texts = new Set<string>();
  readonly #keepDuplicates: boolean;

  constructor({ keepDuplicates }: SamplingOptions) {
    this.#keepDuplicates = keepDuplicates;
  }

  /** False for one that is empty, or whose id or text was there before. */
  add({ id, text }: TextEntry): boolean {
    if (text === '') return false;
    if (this.#ids.has(id) || (this.#texts.has(text) && !this.#keepDuplicates)) {
      this.repeated++;
      return false;
    }
    this.#ids.add(id);
    this.#texts.add(text);
    return true;
  }

  /** Its text is free again; its id is not. */
  remove({ text }: TextEntry): void {
    this.#texts.delete(text);
  }
}

/** In the order of SHA-256 of `{seed}:{id}`. */
export function inHashOrder<T>(items: readonly T[], seed: number, idOf: (item: T) => string): T[] {
  const keyed = items.map((item) => {
    return {
      item,
      key: createHash('sha256')
        .update(`${seed}:${idOf(item)}`)
        .digest('hex'),
    };
  });
  return keyed.sort((a, b) => compareIds(a.key, b.key)).map(({ item }) => item);
}
