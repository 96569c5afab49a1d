import type { Analyzer } from '../analysis/analyzer.js';
import { checkChoice, checkNumber, checkPositive, fail } from '../common/check.js';
import type { SearchOptions } from '../rank/ranking.js';
import type { SubsetOptions } from '../rank/subset.js';
import type { TieRule } from '../rank/tie-order.js';

/** docs/protocol.md has the formulas. */
export const BM25_METHODS = ['robertson', 'lucene', 'atire', 'bm25l', 'bm25+'] as const;
export type Bm25Method = (typeof BM25_METHODS)[number];

/** How documents are weighed. */
export interface Bm25Weighing {
  /** Default `robertson`, HAKARI's: idf clipped at 0, no (k1 + 1) factor. */
  readonly method?: Bm25Method | undefined;
  /** Saturation of term frequency, above 0, default 1.5. */
  readonly k1?: number | undefined;
  /** Weight of document length, in [0, 1], default 0.75. */
  readonly b?: number | undefined;
  /** Of `bm25l` and `bm25+`, at least 0, default 0.5. In `bm25+` it moves no ranking. */
  readonly delta?: number | undefined;
  /** Document lengths are rounded to what Lucene keeps of them in a byte; default false. */
  readonly quantizeLengths?: boolean | undefined;
}

export interface Bm25Options extends Bm25Weighing {
  /** Name of an analyzer, or your own; default `english_porter_stop`. */
  readonly analyzer?: string | Analyzer | undefined;
  /** Order of documents with equal scores, default `id-ascending`. */
  readonly tieRule?: TieRule | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Bm25SearchOptions extends SearchOptions, SubsetOptions {}

/** Defaults filled in. Throws InputError for what is out of range, naming it with `prefix`. */
export function checkWeighing(
  given: Bm25Weighing,
  prefix = '',
): Required<{ [K in keyof Bm25Weighing]: NonNullable<Bm25Weighing[K]> }> {
  const { method = 'robertson', k1 = 1.5, b = 0.75, delta = 0.5, quantizeLengths = false } = given;
  if (typeof quantizeLengths !== 'boolean') fail(`${prefix}quantizeLengths`, 'a boolean', quantizeLengths);
  return {
    method: checkChoice(`${prefix}method`, method, BM25_METHODS),
    k1: checkNumber(`${prefix}k1`, checkPositive(`${prefix}k1`, k1), 0, 1e6),
    b: checkNumber(`${prefix}b`, b, 0, 1),
    delta: checkNumber(`${prefix}delta`, delta, 0, 1e6),
    quantizeLengths,
  };
}
