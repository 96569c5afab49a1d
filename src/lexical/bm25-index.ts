import { type Analyzer, checkAnalyzer, tokensOf } from '../analysis/analyzer.js';
import { openAnalyzer } from '../analysis/open-analyzer.js';
import { checkInteger, checkOptions, checkSignal, fail } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { type NativeBm25Index, nativeCore, UNKNOWN_TERM } from '../native/addon.js';
import { callNative } from '../native/call.js';
import { PackedTexts } from '../native/packed-texts.js';
import type { BatchSearchOptions, Index, TopK, TopKBlock } from '../rank/ranking.js';
import { allocateTopK, searchInBatches } from '../rank/search.js';
import { checkCandidates, checkFilter, packCandidates } from '../rank/subset.js';
import { tieRanks } from '../rank/tie-order.js';
import { analyzeCorpus, type Bm25Documents } from './analyze-corpus.js';
import { type Bm25Method, type Bm25Options, type Bm25SearchOptions, checkWeighing } from './bm25-options.js';
import { AnalyzedQueries, type Bm25Queries } from './bm25-queries.js';
import type { Bm25Explanation } from './explanation.js';
import { packAttachment, unpackAttachment } from './index-attachment.js';

export interface AnalyzedSearchOptions extends Bm25SearchOptions {
  /** Only the queries `start .. end - 1`; default all. `candidates` are those of these queries. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

export interface LoadOptions {
  /** The analyzer that the index was built with, where it is your own; or one to be used in its place. */
  readonly analyzer?: Analyzer | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Inverted index over texts; a search returns positions in the order the documents came in. */
export class Bm25Index implements Index<readonly string[]> {
  /** Number of documents. */
  readonly size: number;
  /** Tokens of all documents, repeats included. */
  readonly tokenCount: number;
  /** Distinct tokens of the corpus. */
  readonly vocabularySize: number;
  /** Pairs of a document and a distinct token in it. */
  readonly postings: number;
  readonly method: Bm25Method;
  readonly k1: number;
  readonly b: number;
  readonly delta: number;
  readonly quantizeLengths: boolean;
  readonly analyzer: Analyzer;
  /** Ids in document order, or undefined when documents came without. */
  readonly ids: readonly string[] | undefined;
  readonly #native: NativeBm25Index;

  private constructor(native: NativeBm25Index, analyzer: Analyzer, ids: readonly string[] | undefined) {
    const facts = native.facts();
    this.#native = native;
    this.analyzer = analyzer;
    this.ids = ids;
    this.size = facts.size;
    this.tokenCount = facts.tokens;
    this.vocabularySize = facts.terms;
    this.postings = facts.postings;
    this.method = facts.method as Bm25Method;
    this.k1 = facts.k1;
    this.b = facts.b;
    this.delta = facts.delta;
    this.quantizeLengths = facts.quantizeLengths;
  }

  /**
   * Builds an index from documents that may stream in, singly or in arrays; their texts are not kept. Throws InputError
   * for options out of range, a repeated id, or documents of which only some have ids.
   */
  static async build(documents: Bm25Documents, options: Bm25Options = {}): Promise<Bm25Index> {
    if (!isIterable(documents)) fail('documents', 'a list or stream of documents', documents);
    checkOptions(options);
    checkSignal(options.signal);
    const { method, k1, b, delta, quantizeLengths } = checkWeighing(options);
    const analyzer = await resolveAnalyzer(options.analyzer ?? 'english_porter_stop');
    const { tokens, size, ids } = await analyzeCorpus(documents, analyzer, options.signal);
    const ranks =
      ids === undefined
        ? Uint32Array.from({ length: size }, (_, position) => position)
        : tieRanks(ids, options.tieRule ?? 'id-ascending');
    const native = await callNative(options.signal, (cancellation) =>
      nativeCore().buildBm25Index(tokens, ranks, method, k1, b, delta, quantizeLengths, cancellation),
    );
    return new Bm25Index(native, analyzer, ids);
  }

  /**
   * Opens a file of `save`, which is mapped into memory and must not be changed while the index lives. Throws InputError
   * for a file that is foreign, truncated, damaged or of another version, and when the analyzer that it was built with
   * is not to be had in the same version and none is given in its place. (The analyzer `transformer` may read a file or
   * ask the Hub, which the signal does not end.)
   */
  static async load(path: string, options: LoadOptions = {}): Promise<Bm25Index> {
    checkPath(path);
    checkOptions(options);
    checkSignal(options.signal);
    if (options.analyzer !== undefined) checkAnalyzer(options.analyzer);
    const native = await callNative(options.signal, (cancellation) => nativeCore().openBm25Index(path, cancellation));
    const { analyzer, ids } = await unpackAttachment(path, native.attachment(), options.analyzer);
    return new Bm25Index(native, analyzer, ids);
  }

  /** Writes the index as one file, which is there only when whole. Throws InputError when it cannot be written. */
  async save(path: string, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    checkPath(path);
    checkOptions(options);
    checkSignal(options.signal);
    const attachment = packAttachment(this.analyzer, this.ids);
    await callNative(options.signal, (cancellation) => this.#native.save(path, attachment, cancellation));
  }

  /** Mean number of tokens in a document; 0 for an empty corpus. */
  get averageDocumentLength(): number {
    return this.size === 0 ? 0 : this.tokenCount / this.size;
  }

  /** Analyzes queries apart from searching, for who searches them again or wants to know what they hold. */
  async analyze(
    queries: readonly string[],
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Bm25Queries> {
    checkOptions(options);
    checkSignal(options.signal);
    return AnalyzedQueries.of(this.#native, this.analyzer, queries, options.signal);
  }

  /**
   * Top k by BM25 score, ties by the tie rule; documents that score 0 fill the list. Do not change `filter` or
   * `candidates` before the search has ended.
   */
  async search(queries: readonly string[], options: Bm25SearchOptions): Promise<TopK> {
    checkOptions(options);
    return this.searchAnalyzed(await this.analyze(queries, { signal: options.signal }), options);
  }

  /** The same for queries of this index's `analyze`. */
  async searchAnalyzed(queries: Bm25Queries, options: AnalyzedSearchOptions): Promise<TopK> {
    if (!(queries instanceof AnalyzedQueries)) fail('queries', 'what analyze() returns', queries);
    checkOptions(options);
    checkSignal(options.signal);
    if (queries.index !== this.#native) throw new InputError('queries were analyzed by another index');
    const end = checkInteger('end', options.end ?? queries.count, 0, queries.count);
    const start = checkInteger('start', options.start ?? 0, 0, end);
    const topK = allocateTopK(end - start, options.k, this.size);
    const filter = checkFilter(options, this.size);
    const candidates = packCandidates(options, end - start);
    await callNative(options.signal, (cancellation) =>
      this.#native.search(
        queries.offsets.subarray(start, end + 1),
        queries.ids,
        filter,
        candidates?.offsets,
        candidates?.ids,
        topK.k,
        topK.indices,
        topK.scores,
        topK.counts,
        cancellation,
      ),
    );
    return topK;
  }

  searchBatches(queries: readonly string[], options: BatchSearchOptions & Bm25SearchOptions): AsyncIterable<TopKBlock> {
    if (!Array.isArray(queries)) fail('queries', 'an array of strings', queries);
    checkOptions(options);
    checkCandidates(options, queries.length);
    return searchInBatches(queries.length, options, (start, end, batchOptions) =>
      this.search(queries.slice(start, end), {
        ...batchOptions,
        candidates: options.candidates?.slice(start, end),
      }),
    );
  }

  /**
   * How the document, by its position or its id, comes to its score for the query. Throws InputError for a document that
   * is not there.
   */
  explain(query: string, document: number | string): Bm25Explanation {
    if (typeof query !== 'string') fail('query', 'a string', query);
    const position = this.#positionOf(document);
    const tokens = tokensOf(this.analyzer, query);
    const packed = new PackedTexts();
    for (const token of tokens) packed.add(token);
    const found = this.#native.findTerms(packed.bytes, packed.offsets);
    const { parts, ...rest } = this.#native.explain(
      found.filter((id) => id !== UNKNOWN_TERM),
      position,
    );
    const known = parts.values();
    const terms = tokens.map((token, i) => ({
      token,
      ...((found[i] === UNKNOWN_TERM ? undefined : known.next().value) ?? UNKNOWN_PART),
    }));
    return { ...rest, averageDocumentLength: this.averageDocumentLength, terms };
  }

  [Symbol.dispose](): void {
    this.#native.dispose();
  }

  #positionOf(document: number | string): number {
    if (typeof document === 'number') {
      if (this.size === 0) throw new InputError('document: the index is empty');
      return checkInteger('document', document, 0, this.size - 1);
    }
    if (typeof document !== 'string') fail('document', 'a position or an id', document);
    const position = this.ids?.indexOf(document) ?? -1;
    if (position === -1) throw new InputError(`document ${JSON.stringify(document)}: is not in the index`);
    return position;
  }
}

const UNKNOWN_PART = { documentFrequency: 0, idf: 0, frequency: 0, tfPart: 0, contribution: 0 };

function isIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

async function resolveAnalyzer(analyzer: string | Analyzer): Promise<Analyzer> {
  return typeof analyzer === 'string' ? openAnalyzer(analyzer) : checkAnalyzer(analyzer);
}

function checkPath(path: unknown): void {
  if (typeof path !== 'string' || path === '') fail('path', 'the name of a file', path);
}
