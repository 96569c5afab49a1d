import { type Analyzer, tokensOf as analyze } from '../analysis/analyzer.js';
import { Breath } from '../common/breath.js';
import { fail } from '../common/check.js';
import { type NativeBm25Index, UNKNOWN_TERM } from '../native/addon.js';
import { PackedTexts } from '../native/packed-texts.js';

/** Queries as the numbers of their tokens in one index, ready to be searched. */
export interface Bm25Queries {
  /** Number of queries. */
  readonly count: number;
  /** Queries whose text gave no token at all. */
  readonly withoutTokens: number;
  /** Queries that can match nothing: no token, or none that a document has. Includes `withoutTokens`. */
  readonly withoutKnownTokens: number;
}

/** The same with what the index itself needs. */
export class AnalyzedQueries implements Bm25Queries {
  readonly index: NativeBm25Index;
  /** [queries + 1], into `ids`. */
  readonly offsets: Uint32Array;
  /** Term numbers, in the order of the query's tokens, repeats included; tokens that no document has are left out. */
  readonly ids: Uint32Array;
  readonly withoutTokens: number;
  readonly withoutKnownTokens: number;

  private constructor(index: NativeBm25Index, tokensOf: Uint32Array, found: Uint32Array) {
    this.index = index;
    this.offsets = new Uint32Array(tokensOf.length);
    this.ids = found.filter((id) => id !== UNKNOWN_TERM);
    let known = 0;
    let withoutTokens = 0;
    let withoutKnownTokens = 0;
    for (let query = 0; query + 1 < tokensOf.length; query++) {
      const [start, end] = [tokensOf[query]!, tokensOf[query + 1]!];
      for (let i = start; i < end; i++) if (found[i] !== UNKNOWN_TERM) known++;
      this.offsets[query + 1] = known;
      if (start === end) withoutTokens++;
      if (known === this.offsets[query]) withoutKnownTokens++;
    }
    this.withoutTokens = withoutTokens;
    this.withoutKnownTokens = withoutKnownTokens;
  }

  /** Throws InputError for what is not a string, naming its position. */
  static async of(
    index: NativeBm25Index,
    analyzer: Analyzer,
    queries: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<AnalyzedQueries> {
    if (!Array.isArray(queries)) fail('queries', 'an array of strings', queries);
    const tokens = new PackedTexts();
    const tokensOf = new Uint32Array(queries.length + 1);
    const breath = new Breath();
    for (const [i, query] of queries.entries()) {
      if (typeof query !== 'string') fail(`query ${i}`, 'a string', query);
      signal?.throwIfAborted();
      for (const token of analyze(analyzer, query)) tokens.add(token);
      tokensOf[i + 1] = tokens.count;
      const pause = breath.take();
      if (pause !== undefined) await pause;
    }
    return new AnalyzedQueries(index, tokensOf, index.findTerms(tokens.bytes, tokens.offsets));
  }

  get count(): number {
    return this.offsets.length - 1;
  }
}
