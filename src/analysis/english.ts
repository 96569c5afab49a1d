import { composeAnalyzer, type StagedAnalyzer } from './analyzer.js';
import { isEnglishStopWord } from './english-stop-words.js';
import { lowerCase } from './lower-case.js';
import { porterStem } from './porter.js';

const WORDS = /[A-Za-z0-9]+/g;

/** Maximal runs of ASCII letters and digits; every other character separates, the underscore too. */
export function splitEnglishWords(text: string): string[] {
  return text.match(WORDS) ?? [];
}

function dropStopWords(token: string): string | undefined {
  return isEnglishStopWord(token) ? undefined : token;
}

/** Runs of ASCII letters and digits, lower-cased (HAKARI rule `english_regex`). */
export function englishRegexAnalyzer(): StagedAnalyzer {
  return composeAnalyzer('english_regex', splitEnglishWords, lowerCase);
}

/** `english_regex`, then Porter's stem (HAKARI rule `english_porter`). */
export function englishPorterAnalyzer(): StagedAnalyzer {
  return composeAnalyzer('english_porter', splitEnglishWords, lowerCase, porterStem);
}

/** `english_porter` without stop words, which are dropped before stemming (HAKARI rule `english_porter_stop`). */
export function englishPorterStopAnalyzer(): StagedAnalyzer {
  return composeAnalyzer('english_porter_stop', splitEnglishWords, lowerCase, dropStopWords, porterStem);
}
