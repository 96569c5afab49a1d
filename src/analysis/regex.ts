import { composeAnalyzer, type StagedAnalyzer } from './analyzer.js';
import { lowerCase } from './lower-case.js';

/*
 * Python's `\w` is letter, number or underscore. Combining marks are not in it: Indic words break at vowel signs and
 * decomposed accents split Latin words, as they do in HAKARI.
 */
const WORDS = /[\p{L}\p{N}_]+/gu;

/** Maximal runs of Unicode word characters, equal to Python's `re.findall(r"\w+", text)`. */
export function splitWords(text: string): string[] {
  return text.match(WORDS) ?? [];
}

/** Runs of Unicode word characters, then lower-cased (HAKARI rule `regex`). */
export function regexAnalyzer(): StagedAnalyzer {
  return composeAnalyzer('regex', splitWords, lowerCase);
}
