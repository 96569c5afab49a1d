import { InputError } from '../common/errors.js';
import { ownCopy } from '../common/own-copy.js';
import { GrowingUint32 } from './growing-uint32.js';

/** Token ids of many texts in CSR form: text `i` has `ids[offsets[i] .. offsets[i + 1])`, in order, repeats included. */
export interface TokenIds {
  /** [texts + 1], starting at 0. */
  readonly offsets: Uint32Array;
  /** [tokens of all texts]. */
  readonly ids: Uint32Array;
}

/** A Map throws RangeError above this many entries. */
const MAX_TERMS = 2 ** 24;

/** The distinct tokens of a corpus, numbered 0, 1, 2 ... in the order they are first seen. */
export class Vocabulary {
  readonly #ids = new Map<string, number>();

  get size(): number {
    return this.#ids.size;
  }

  /** The token's id; a new token gets the next one. */
  add(token: string): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    if (id === MAX_TERMS) throw new InputError(`vocabulary: more than ${MAX_TERMS} distinct tokens`);
    this.#ids.set(ownCopy(token), id);
    return id;
  }

  /** The token's id, or undefined if no document has it. */
  find(token: string): number | undefined {
    return this.#ids.get(token);
  }
}

/** Collects documents; their tokens enter the vocabulary. */
export class DocumentTokenIds {
  readonly vocabulary: Vocabulary;
  readonly #offsets = startOfOffsets();
  readonly #ids = new GrowingUint32();

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Appends the next document, which may have no tokens. */
  add(tokens: readonly string[]): void {
    for (const token of tokens) this.#ids.push(this.vocabulary.add(token));
    this.#offsets.push(this.#ids.length);
  }

  /** Everything added so far. */
  rows(): TokenIds {
    return { offsets: this.#offsets.view(), ids: this.#ids.view() };
  }
}

/** Collects queries; tokens that no document has are left out, for they cannot match. */
export class QueryTokenIds {
  readonly vocabulary: Vocabulary;
  readonly #offsets = startOfOffsets();
  readonly #ids = new GrowingUint32();
  #withoutTokens = 0;
  #withoutKnownTokens = 0;

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Queries whose text gave no token at all. */
  get withoutTokens(): number {
    return this.#withoutTokens;
  }

  /** Queries that can match nothing: no token, or none that a document has. Includes `withoutTokens`. */
  get withoutKnownTokens(): number {
    return this.#withoutKnownTokens;
  }

  /** Appends the next query. */
  add(tokens: readonly string[]): void {
    const start = this.#ids.length;
    for (const token of tokens) {
      const id = this.vocabulary.find(token);
      if (id !== undefined) this.#ids.push(id);
    }
    this.#offsets.push(this.#ids.length);
    if (tokens.length === 0) this.#withoutTokens++;
    if (this.#ids.length === start) this.#withoutKnownTokens++;
  }

  /** Everything added so far. */
  rows(): TokenIds {
    return { offsets: this.#offsets.view(), ids: this.#ids.view() };
  }
}

function startOfOffsets(): GrowingUint32 {
  const offsets = new GrowingUint32();
  offsets.push(0);
  return offsets;
}
