import { InputError, messageOf } from '../common/errors.js';
import { requestedThreads } from '../common/threads.js';
import { loadAddon } from './load-addon.js';

/** Raises the flag of one native call; it stops at its next block of work. */
export interface Cancellation {
  cancel(): void;
}

/** The result arrays of a search: [queries, k], [queries, k], [queries]. */
export type ResultArrays = [indices: Uint32Array, scores: Float32Array, counts: Uint32Array];

/** One text at a time through the core's stages. */
export interface NativeTextAnalyzer {
  analyze(text: string): string[];
  /** What the filter leaves of tokens that were cut elsewhere. */
  filter(tokens: readonly string[]): string[];
}

/** Texts in UTF-8, one behind the other: text i is bytes[offsets[i] .. offsets[i + 1]). */
export interface NativeTexts {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
}

/** The tokens of a corpus. Each call is made when the one before has settled; building an index takes the tokens. */
export interface NativeCorpusTokens {
  /** `cut[i]` is not 0 where text i is tokens with the byte 0xff behind each. */
  add(
    bytes: Uint8Array,
    offsets: Uint32Array,
    cut: Uint8Array | undefined,
    cancellation: Cancellation | undefined,
  ): Promise<void>;
  finish(cancellation: Cancellation | undefined): Promise<void>;
  /** The distinct tokens, after `finish`. */
  terms(): NativeTexts;
  replaceTerms(
    bytes: Uint8Array,
    offsets: Uint32Array,
    dropped: Uint8Array,
    cancellation: Cancellation | undefined,
  ): Promise<void>;
}

/** How a score came about; `parts` is aligned with the ids of the query. */
export interface NativeExplanation {
  readonly score: number;
  readonly documentLength: number;
  readonly weighedLength: number;
  readonly parts: readonly {
    readonly documentFrequency: number;
    readonly idf: number;
    readonly frequency: number;
    readonly tfPart: number;
    readonly contribution: number;
  }[];
}

export interface NativeBm25Index {
  search(
    queryOffsets: Uint32Array,
    queryIds: Uint32Array,
    filter: Uint8Array | undefined,
    candidateOffsets: Uint32Array | undefined,
    candidateIds: Uint32Array | undefined,
    k: number,
    ...rest: [...ResultArrays, Cancellation | undefined]
  ): Promise<void>;
  /** [terms], UNKNOWN_TERM for one that no document has. */
  findTerms(bytes: Uint8Array, offsets: Uint32Array): Uint32Array;
  explain(queryIds: Uint32Array, document: number): NativeExplanation;
  facts(): {
    readonly size: number;
    readonly terms: number;
    readonly postings: number;
    readonly tokens: number;
    readonly method: string;
    readonly k1: number;
    readonly b: number;
    readonly delta: number;
    readonly quantizeLengths: boolean;
  };
  /** What was saved beside the index. */
  attachment(): Uint8Array;
  save(path: string, attachment: Uint8Array, cancellation: Cancellation | undefined): Promise<void>;
  dispose(): void;
}

export const UNKNOWN_TERM = 0xffffffff;

/** How a search of vectors went; see VectorReport. */
export interface NativeSearchReport {
  readonly fallbacks: number;
  readonly scored: number;
}

export interface NativeVectorIndex {
  search(
    queries: Float32Array,
    count: number,
    dimension: number,
    filter: Uint8Array | undefined,
    candidateOffsets: Uint32Array | undefined,
    candidateIds: Uint32Array | undefined,
    k: number,
    ...rest: [...ResultArrays, Cancellation | undefined]
  ): Promise<NativeSearchReport>;
  zeroVectors(): number;
  dispose(): void;
}

/** Owns its codes: the embeddings are read while it is made only. */
export interface NativeQuantizedIndex {
  search(
    queries: Float32Array,
    count: number,
    dimension: number,
    k: number,
    ...rest: [...ResultArrays, Cancellation | undefined]
  ): Promise<void>;
  dispose(): void;
}

/** A text of an OverlapIndex that stands in a row. */
export interface NativeOverlap {
  /** Counted within the block; for `texts` the number of the text. */
  readonly row: number;
  /** Bytes of the block, without the line end. */
  readonly begin: number;
  readonly end: number;
  readonly text: number;
  readonly kind: 'exact' | 'short' | 'near' | 'contained';
  readonly similarity: number;
  /** Where in a JSON row, as `messages[0].content`; else empty. */
  readonly field: string;
  readonly excerpt: string;
}

export interface NativeOverlaps {
  readonly rows: number;
  readonly matches: readonly NativeOverlap[];
  /** The first row that is not JSON; there is nothing of those behind it. */
  readonly bad?: { readonly row: number; readonly begin: number; readonly end: number };
}

/** Texts to be found in others. `add` and `finish` are called when the call before has settled, then any number of `match`. */
export interface NativeOverlapIndex {
  add(bytes: Uint8Array, offsets: Uint32Array, cancellation: Cancellation | undefined): Promise<void>;
  finish(cancellation: Cancellation | undefined): Promise<void>;
  /** `offsets` part the texts of layout `texts`; `fields` are those at the top of a JSON row that are read, all when empty. */
  match(
    bytes: Uint8Array,
    offsets: Uint32Array,
    layout: 'texts' | 'lines' | 'json_lines',
    fields: readonly string[],
    cancellation: Cancellation | undefined,
  ): Promise<NativeOverlaps>;
}

/** What the core runs on, for the whole process. Results do not depend on it. */
export interface CoreConfiguration {
  /** Instruction set in use. */
  readonly isa: string;
  /** Worst first: those in this binary, and those of them that this CPU and operating system run. */
  readonly isas: { readonly compiled: readonly string[]; readonly usable: readonly string[] };
  /** Size of the thread pool. */
  readonly threads: number;
}

interface Addon {
  readonly Cancellation: new () => Cancellation;
  configure(isa: string | undefined, threads: number | undefined): CoreConfiguration;
  readonly TextAnalyzer: new (rule: string | undefined, filter: object) => NativeTextAnalyzer;
  readonly CorpusTokens: new (rule: string | undefined, filter: object) => NativeCorpusTokens;
  readonly OverlapIndex: new (runWords: number, runCharacters: number, similarity: number) => NativeOverlapIndex;
  buildBm25Index(
    documents: NativeCorpusTokens,
    tieRanks: Uint32Array,
    method: string,
    k1: number,
    b: number,
    delta: number,
    quantizeLengths: boolean,
    cancellation: Cancellation | undefined,
  ): Promise<NativeBm25Index>;
  openBm25Index(path: string, cancellation: Cancellation | undefined): Promise<NativeBm25Index>;
  createVectorIndex(
    embeddings: Float32Array,
    count: number,
    dimension: number,
    metric: string,
    tieRanks: Uint32Array,
    codes: boolean,
    cancellation: Cancellation | undefined,
  ): Promise<NativeVectorIndex>;
  /** The file's components begin at byte `offset` and end with it; it is mapped while the index lives. */
  openVectorIndex(
    path: string,
    offset: number,
    count: number,
    dimension: number,
    metric: string,
    tieRanks: Uint32Array,
    codes: boolean,
    cancellation: Cancellation | undefined,
  ): Promise<NativeVectorIndex>;
  createQuantizedIndex(
    embeddings: Float32Array,
    count: number,
    dimension: number,
    precision: string,
    metric: string,
    tieRanks: Uint32Array,
    cancellation: Cancellation | undefined,
  ): Promise<NativeQuantizedIndex>;
}

let loaded: { addon: Addon; configuration: CoreConfiguration } | undefined;

/**
 * The native core, loaded at the first call. Throws InputError when no binary can be loaded, telling what was tried
 * and how to mend it, and when TENBIN_ISA or TENBIN_THREADS ask for what cannot be.
 */
export function nativeCore(): Addon {
  return load().addon;
}

/** Instruction set and threads of the core; `TENBIN_ISA` and `TENBIN_THREADS` choose them before the first use. */
export function coreConfiguration(): CoreConfiguration {
  return load().configuration;
}

function load(): NonNullable<typeof loaded> {
  if (loaded === undefined) {
    const addon = openAddon();
    loaded = { addon, configuration: configure(addon) };
  }
  return loaded;
}

function configure(addon: Addon): CoreConfiguration {
  const isa = process.env.TENBIN_ISA || undefined;
  const threads = requestedThreads();
  try {
    return addon.configure(isa, threads);
  } catch (error) {
    throw new InputError(`TENBIN_ISA: ${messageOf(error)}`, { cause: error });
  }
}

function openAddon(): Addon {
  return loadAddon<Addon>(
    'tenbin',
    'the native core',
    'In a checkout run `npm run build:native` (CMake) or `npm run build:gyp`; for an installed package reinstall it, ' +
      'or build it in its folder with `npx cmake-js compile --out build/cmake`',
  );
}
