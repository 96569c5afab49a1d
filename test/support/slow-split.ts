/*
 * The splitting rules that can be said in one regular expression, as JavaScript: slow, and simple enough to be believed.
 * Tests hold the core to them.
 */

/*
 * Whitespace is what Python's `str.split()` splits on: Unicode's White_Space and U+001C to U+001F. JavaScript's `\s`
 * lacks the latter and U+0085, and has U+FEFF.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: four control characters are whitespace to Python
const NOT_WHITESPACE = /[^\p{White_Space}\x1c-\x1f]+/gu;

/** Python's `\w` is letter, number or underscore; combining marks are not in it. */
const WORDS = /[\p{L}\p{N}_]+/gu;
const WORDS_OF_TWO = /[\p{L}\p{N}_]{2,}/gu;
const ASCII_WORDS = /[A-Za-z0-9]+/g;

export type SlowRule = 'whitespace' | 'words' | 'words_of_two' | 'ascii_words';

const PATTERNS: Readonly<Record<SlowRule, RegExp>> = {
  whitespace: NOT_WHITESPACE,
  words: WORDS,
  words_of_two: WORDS_OF_TWO,
  ascii_words: ASCII_WORDS,
};

/**
 * Tokens are lower-cased after splitting, because the mark that U+0130 leaves is not a word character and would cut the
 * token. JavaScript's full mapping is Python's `str.lower()`.
 */
export function slowSplit(rule: SlowRule, text: string): string[] {
  return (text.match(PATTERNS[rule]) ?? []).map((token) => token.toLowerCase());
}
