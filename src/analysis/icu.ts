import { composeAnalyzer, type StagedAnalyzer } from './analyzer.js';

/** Scripts that write words without spaces, which ICU cuts by its dictionaries. */
const DICTIONARY_SCRIPTS =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Versions of the ICU behind `Intl.Segmenter` and of its Unicode. */
export function icuEngines(): Record<string, string> {
  const { icu = 'none', unicode = 'none' } = process.versions;
  return { icu, unicode };
}

/**
 * Words by Unicode's boundaries (UAX #29), lower-cased; combining marks stay in their word. The core cuts every text
 * but those with a script that needs a dictionary, which `Intl.Segmenter` cuts; it is ICU in Node.
 */
export function icuAnalyzer(): StagedAnalyzer {
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
  const segment = (text: string): string[] | undefined => {
    if (!DICTIONARY_SCRIPTS.test(text)) return undefined;
    const words: string[] = [];
    for (const piece of segmenter.segment(text)) if (isWord(piece, segmenter)) words.push(piece.segment.toLowerCase());
    return words;
  };
  return composeAnalyzer({ name: 'icu', rule: 'unicode', segment, engines: icuEngines() });
}

const MARKS_AT_END = /[\p{M}\p{Cf}]+$/u;

/** ICU does not call a word what ends in marks behind an underscore or behind Hangul; without them it does. */
function isWord({ segment, isWordLike }: Intl.SegmentData, segmenter: Intl.Segmenter): boolean {
  if (isWordLike || !MARKS_AT_END.test(segment)) return isWordLike === true;
  return segmenter.segment(segment.replace(MARKS_AT_END, '')).containing(0)?.isWordLike === true;
}
