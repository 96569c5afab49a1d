import { composeAnalyzer, type StagedAnalyzer } from './analyzer.js';
import { lowerCase } from './lower-case.js';

/*
 * Whitespace is what Python's `str.split()` splits on: Unicode's White_Space and U+001C to U+001F. JavaScript's `\s`
 * lacks the latter and U+0085, and has U+FEFF.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: four control characters are whitespace to Python
const TOKENS = /[^\p{White_Space}\x1c-\x1f]+/gu;

export function splitOnWhitespace(text: string): string[] {
  return text.match(TOKENS) ?? [];
}

/** Runs of anything but whitespace, lower-cased (HAKARI rule `whitespace`). */
export function whitespaceAnalyzer(): StagedAnalyzer {
  return composeAnalyzer('whitespace', splitOnWhitespace, lowerCase);
}
