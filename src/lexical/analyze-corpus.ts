import { type Analyzer, isStaged, type StagedAnalyzer, type TokenFilter, tokensOf } from '../analysis/analyzer.js';
import { Breath } from '../common/breath.js';
import { fail } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { untilAborted } from '../common/until-aborted.js';
import { type NativeCorpusTokens, nativeCore } from '../native/addon.js';
import { callNative } from '../native/call.js';
import { PackedTexts } from '../native/packed-texts.js';

/**
 * A document's text, as a string or in UTF-8, with the id that decides among equal scores; without ids, the earlier
 * document comes first.
 */
export type Bm25Document = string | Uint8Array | { readonly id: string; readonly text: string | Uint8Array };

/** A stream may give them one by one or, which takes less time, in arrays. */
export type Bm25Documents = Iterable<Bm25Document> | AsyncIterable<Bm25Document | readonly Bm25Document[]>;

export interface AnalyzedCorpus {
  readonly tokens: NativeCorpusTokens;
  readonly size: number;
  /** Ids in document order, or undefined when documents came without. */
  readonly ids: readonly string[] | undefined;
}

/** While the core analyzes one batch, the next is packed. */
const BATCH_BYTES = 1 << 22;

/**
 * Runs documents, which may stream in, through the analyzer: texts are cut and counted in the core, what JavaScript has
 * to do to tokens is done once for each distinct one. Throws InputError for what is not a document, or when only some
 * documents have ids.
 */
export async function analyzeCorpus(
  documents: Bm25Documents,
  analyzer: Analyzer,
  signal: AbortSignal | undefined,
): Promise<AnalyzedCorpus> {
  const stages = stagesOf(analyzer);
  const tokens = new (nativeCore().CorpusTokens)(stages.rule, stages.coreFilter ?? {});
  const batches = new BatchQueue(tokens, signal);
  const ids: string[] = [];
  const breath = new Breath();
  let size = 0;
  /** Takes a document; the loop waits only where it must. */
  const take = (document: Bm25Document): Promise<void> | undefined => {
    signal?.throwIfAborted();
    const { id, text } = parse(document, size);
    if (id !== undefined) ids.push(id);
    size++;
    if (ids.length !== 0 && ids.length !== size) throw new InputError(`document ${size - 1}: only some have an id`);
    const pieces = stages.segment?.(asString(text));
    if (pieces === undefined) batches.open.add(text);
    else batches.open.addCut(pieces);
    return batches.full ? batches.hand() : breath.take();
  };
  const takeAll = async (batch: Iterable<Bm25Document>): Promise<void> => {
    // Not `for await`, which would wait for every document.
    for (const document of batch) {
      const pause = take(document);
      if (pause !== undefined) await pause;
    }
  };
  try {
    if (Symbol.asyncIterator in documents) {
      const stream = signal === undefined ? documents : untilAborted(documents, signal);
      for await (const item of stream) await (isArray(item) ? takeAll(item) : take(item));
    } else {
      await takeAll(documents);
    }
    await batches.hand();
  } catch (error) {
    await batches.settled().catch(() => undefined); // the core reads the batch's memory
    throw error;
  }
  await batches.settled();
  await callNative(signal, (cancellation) => tokens.finish(cancellation));
  if (stages.filter !== undefined) await filterTerms(tokens, stages.filter, signal);
  return { tokens, size, ids: size > 0 && ids.length === 0 ? undefined : ids };
}

/** The stages of an analyzer; one that is not from `openAnalyzer` cuts each text by itself. */
function stagesOf(analyzer: Analyzer): Pick<StagedAnalyzer, 'rule' | 'segment' | 'coreFilter' | 'filter'> {
  return isStaged(analyzer) ? analyzer : { segment: (text) => tokensOf(analyzer, text) };
}

/** Two batches: one that is filled and one that the core may be reading. */
class BatchQueue {
  readonly #tokens: NativeCorpusTokens;
  readonly #signal: AbortSignal | undefined;
  #open = new PackedTexts(BATCH_BYTES);
  #spare = new PackedTexts(BATCH_BYTES);
  #pending: Promise<void> = Promise.resolve();

  constructor(tokens: NativeCorpusTokens, signal: AbortSignal | undefined) {
    this.#tokens = tokens;
    this.#signal = signal;
  }

  get open(): PackedTexts {
    return this.#open;
  }

  get full(): boolean {
    return this.#open.size >= BATCH_BYTES - (BATCH_BYTES >> 4);
  }

  /** Hands the open batch to the core, when the core is done with the one before. */
  async hand(): Promise<void> {
    await this.#pending;
    const batch = this.#open;
    [this.#open, this.#spare] = [this.#spare, batch];
    this.#open.clear();
    this.#pending = callNative(this.#signal, (cancellation) =>
      this.#tokens.add(batch.bytes, batch.offsets, batch.cut, cancellation),
    );
    this.#pending.catch(() => undefined); // seen when it is awaited
  }

  /** Waits until the core reads no batch; throws what a batch failed with. */
  async settled(): Promise<void> {
    await this.#pending;
  }
}

async function filterTerms(
  tokens: NativeCorpusTokens,
  filter: TokenFilter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bytes, offsets } = tokens.terms();
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const replacements = new PackedTexts(bytes.length + 1);
  const dropped = new Uint8Array(offsets.length - 1);
  const breath = new Breath();
  for (let i = 0; i < dropped.length; i++) {
    signal?.throwIfAborted();
    const token = filter(all.toString('utf8', offsets[i], offsets[i + 1]));
    replacements.add(token ?? '');
    if (token === undefined) dropped[i] = 1;
    const pause = breath.take();
    if (pause !== undefined) await pause;
  }
  await callNative(signal, (cancellation) =>
    tokens.replaceTerms(replacements.bytes, replacements.offsets, dropped, cancellation),
  );
}

function parse(document: Bm25Document, position: number): { id: string | undefined; text: string | Uint8Array } {
  const { id, text } = isText(document) ? { id: undefined, text: document } : (document ?? {});
  if (!isText(text) || !['string', 'undefined'].includes(typeof id)) {
    fail(`document ${position}`, 'a string, UTF-8 or { id, text }', document);
  }
  return { id, text };
}

function isArray(item: Bm25Document | readonly Bm25Document[]): item is readonly Bm25Document[] {
  return Array.isArray(item);
}

function isText(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function asString(text: string | Uint8Array): string {
  return typeof text === 'string' ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8');
}
