import type { Analyzer } from '../analysis/analyzer.js';
import { openAnalyzer } from '../analysis/open-analyzer.js';
import { DocumentTokenIds, QueryTokenIds, Vocabulary } from '../analysis/token-ids.js';
import { Breath } from '../common/breath.js';
import { checkChoice, checkInteger, checkNumber, checkPositive, fail } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { type NativeBm25Index, nativeCore } from '../native/addon.js';
import { callNative } from '../native/call.js';
import type { BatchSearchOptions, Index, SearchOptions, TopK, TopKBlock } from '../rank/ranking.js';
import { allocateTopK, searchInBatches } from '../rank/search.js';
import { type TieRule, tieRanks } from '../rank/tie-order.js';

export const BM25_METHODS = ['robertson'] as const;
export type Bm25Method = (typeof BM25_METHODS)[number];

/** A document's text, with the id that decides among equal scores; without ids, the earlier document comes first. */
export type Bm25Document = string | { readonly id: string; readonly text: string };

export interface Bm25Options {
  /** Name of an analyzer, or your own; default `english_porter_stop`. */
  readonly analyzer?: string | Analyzer | undefined;
  /** `robertson`, HAKARI's: idf clipped at 0, no (k1 + 1) factor. */
  readonly method?: Bm25Method | undefined;
  /** Above 0, default 1.5. */
  readonly k1?: number | undefined;
  /** In [0, 1], default 0.75. */
  readonly b?: number | undefined;
  /** Order of documents with equal scores, default `id-ascending`. */
  readonly tieRule?: TieRule | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Token ids of queries, ready to be searched. */
export type Bm25Queries = QueryTokenIds;

export interface AnalyzedSearchOptions extends SearchOptions {
  /** Only the queries `start .. end - 1`; default all. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** Inverted index over texts; a search returns positions in the order the documents came in. */
export class Bm25Index implements Index<readonly string[]> {
  readonly size: number;
  /** Tokens of all documents, repeats included. */
  readonly tokenCount: number;
  /** Ids in document order, or undefined when documents came without. */
  readonly ids: readonly string[] | undefined;
  readonly #native: NativeBm25Index;
  readonly #analyzer: Analyzer;
  readonly #vocabulary: Vocabulary;

  private constructor(native: NativeBm25Index, analyzer: Analyzer, documents: TokenizedDocuments) {
    this.#native = native;
    this.#analyzer = analyzer;
    this.#vocabulary = documents.tokens.vocabulary;
    this.size = documents.size;
    this.tokenCount = documents.tokens.rows().ids.length;
    this.ids = documents.ids;
  }

  /**
   * Builds an index from documents that may stream in; their texts are not kept. Throws InputError for options out of
   * range, a repeated id, or documents of which only some have ids.
   */
  static async build(
    documents: Iterable<Bm25Document> | AsyncIterable<Bm25Document>,
    options: Bm25Options = {},
  ): Promise<Bm25Index> {
    if (typeof documents === 'string') fail('documents', 'a list or stream of documents', documents);
    const analyzer = resolveAnalyzer(options.analyzer ?? 'english_porter_stop');
    checkChoice('method', options.method ?? 'robertson', BM25_METHODS);
    const k1 = checkPositive('k1', options.k1 ?? 1.5);
    const b = checkNumber('b', options.b ?? 0.75, 0, 1);
    const tokenized = await tokenize(documents, analyzer, options.signal);
    const ranks =
      tokenized.ids === undefined
        ? Uint32Array.from({ length: tokenized.size }, (_, position) => position)
        : tieRanks(tokenized.ids, options.tieRule ?? 'id-ascending');
    const { offsets, ids } = tokenized.tokens.rows();
    const native = await callNative(options.signal, (cancellation) =>
      nativeCore().buildBm25Index(offsets, ids, tokenized.tokens.vocabulary.size, ranks, k1, b, cancellation),
    );
    return new Bm25Index(native, analyzer, tokenized);
  }

  /** Distinct tokens of the corpus. */
  get vocabularySize(): number {
    return this.#vocabulary.size;
  }

  /** Mean number of tokens in a document; 0 for an empty corpus. */
  get averageDocumentLength(): number {
    return this.size === 0 ? 0 : this.tokenCount / this.size;
  }

  /** Analyzes queries apart from searching, for who wants to know how many have no token that the corpus knows. */
  analyze(queries: readonly string[]): Bm25Queries {
    if (!Array.isArray(queries)) fail('queries', 'an array of strings', queries);
    const tokens = new QueryTokenIds(this.#vocabulary);
    for (const [i, query] of queries.entries()) {
      if (typeof query !== 'string') fail(`query ${i}`, 'a string', query);
      tokens.add(this.#analyzer.tokenize(query));
    }
    return tokens;
  }

  /** Top k by BM25 score, ties by the tie rule; documents that score 0 fill the list. */
  async search(queries: readonly string[], options: SearchOptions): Promise<TopK> {
    return this.searchAnalyzed(this.analyze(queries), options);
  }

  /** The same for queries of this index's `analyze`. */
  async searchAnalyzed(queries: Bm25Queries, options: AnalyzedSearchOptions): Promise<TopK> {
    if (queries.vocabulary !== this.#vocabulary) throw new InputError('queries were analyzed by another index');
    const { offsets: all, ids } = queries.rows();
    const end = checkInteger('end', options.end ?? all.length - 1, 0, all.length - 1);
    const start = checkInteger('start', options.start ?? 0, 0, end);
    const offsets = all.subarray(start, end + 1);
    const topK = allocateTopK(offsets.length - 1, options.k, this.size);
    await callNative(options.signal, (cancellation) =>
      this.#native.search(offsets, ids, topK.k, topK.indices, topK.scores, topK.counts, cancellation),
    );
    return topK;
  }

  searchBatches(queries: readonly string[], options: BatchSearchOptions): AsyncIterable<TopKBlock> {
    return searchInBatches(queries.length, options, (start, end, batchOptions) =>
      this.search(queries.slice(start, end), batchOptions),
    );
  }

  [Symbol.dispose](): void {
    this.#native.dispose();
  }
}

function resolveAnalyzer(analyzer: string | Analyzer): Analyzer {
  return typeof analyzer === 'string' ? openAnalyzer(analyzer) : analyzer;
}

interface TokenizedDocuments {
  readonly tokens: DocumentTokenIds;
  readonly size: number;
  readonly ids: readonly string[] | undefined;
}

async function tokenize(
  documents: Iterable<Bm25Document> | AsyncIterable<Bm25Document>,
  analyzer: Analyzer,
  signal: AbortSignal | undefined,
): Promise<TokenizedDocuments> {
  const tokens = new DocumentTokenIds(new Vocabulary());
  const ids: string[] = [];
  const breath = new Breath();
  let size = 0;
  for await (const document of documents) {
    await breath.take();
    signal?.throwIfAborted();
    const { id, text } = typeof document === 'string' ? { id: undefined, text: document } : (document ?? {});
    if (typeof text !== 'string' || !['string', 'undefined'].includes(typeof id)) {
      fail(`document ${size}`, 'a string or { id, text }', document);
    }
    if (id !== undefined) ids.push(id);
    tokens.add(analyzer.tokenize(text));
    size++;
    if (ids.length !== 0 && ids.length !== size) throw new InputError(`document ${size - 1}: only some have an id`);
  }
  return { tokens, size, ids: size > 0 && ids.length === 0 ? undefined : ids };
}
