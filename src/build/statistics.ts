import { openLanguageDetector } from '../analysis/detect-language.js';
import { primarySubtag } from '../analysis/languages.js';
import { Breath } from '../common/breath.js';
import type { TextEntry } from '../dataset/nano-writer.js';
import type { Qrels } from '../rank/qrels.js';

/** Lengths of texts in code points. */
export interface TextStatistics {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly median: number;
}

export function textStatistics(texts: readonly TextEntry[]): TextStatistics {
  return summarize(texts.map(({ text }) => codePoints(text)));
}

export interface PositiveStatistics {
  readonly average: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly multi_positive_queries: number;
  readonly multi_positive_query_percent: number;
}

/** Positives a query. */
export function positiveStatistics(qrels: Qrels): PositiveStatistics {
  const counts = Array.from(qrels.values(), (judged) => judged.size);
  const { min, median, max, mean, count } = summarize(counts);
  const several = counts.filter((each) => each > 1).length;
  return {
    average: mean,
    min,
    median,
    max,
    multi_positive_queries: several,
    multi_positive_query_percent: round((100 * several) / Math.max(count, 1), 2),
  };
}

/** HAKARI's: languages at or above the first share are listed, and main ones are at or above the second. */
const listedPercent = 0.5;
const mainPercent = 10;

export interface LanguageShares {
  readonly sample_count: number;
  /** Percentage of the texts by language, the largest first. */
  readonly languages: Readonly<Record<string, number>>;
}

export interface LanguageDetection {
  readonly detector: string;
  readonly min_language_percent: number;
  readonly main_language_percent: number;
  /** Of queries or documents, sorted. */
  readonly main_languages: readonly string[];
  readonly query: LanguageShares;
  readonly document: LanguageShares;
}

/** Detects the language of every text; `signal` ends it between texts. */
export async function detectLanguages(
  queries: readonly TextEntry[],
  documents: readonly TextEntry[],
  signal?: AbortSignal,
): Promise<LanguageDetection> {
  const detector = await openLanguageDetector();
  const breath = new Breath();
  const shares = async (texts: readonly TextEntry[]): Promise<LanguageShares> => {
    const counts = new Map<string, number>();
    for (const { text } of texts) {
      const code = primarySubtag(detector.detect(text).language);
      counts.set(code, (counts.get(code) ?? 0) + 1);
      await breath.take();
      signal?.throwIfAborted();
    }
    const percentages = Array.from(counts, ([code, count]) => [code, round((100 * count) / texts.length, 2)] as const)
      .filter(([, percent]) => percent >= listedPercent)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    return { sample_count: texts.length, languages: Object.fromEntries(percentages) };
  };
  const [query, document] = [await shares(queries), await shares(documents)];
  const main = [query, document].flatMap(({ languages }) =>
    Object.entries(languages)
      .filter(([, percent]) => percent >= mainPercent)
      .map(([code]) => code),
  );
  return {
    detector: Object.entries(detector.engines)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    min_language_percent: listedPercent,
    main_language_percent: mainPercent,
    main_languages: [...new Set(main)].sort(),
    query,
    document,
  };
}

function summarize(values: readonly number[]): TextStatistics {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  if (count === 0) return { count, min: 0, max: 0, mean: 0, median: 0 };
  const middle = count >> 1;
  return {
    count,
    min: sorted[0]!,
    max: sorted[count - 1]!,
    mean: round(sorted.reduce((sum, value) => sum + value, 0) / count, 6),
    median: count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2,
  };
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
