import { composeAnalyzer, type StagedAnalyzer } from './analyzer.js';
import { HAKARI_STOP_WORDS, LUCENE_STOP_WORDS } from './english-stop-words.js';
import { nltkSnowballEnglish } from './snowball-english-nltk.js';

/** Runs of ASCII letters and digits, lower-cased (HAKARI rule `english_regex`). */
export function englishRegexAnalyzer(): StagedAnalyzer {
  return composeAnalyzer({ name: 'english_regex', rule: 'ascii_words', engines: {} });
}

/** `english_regex`, then NLTK's Porter stem (HAKARI rule `english_porter`). */
export function englishPorterAnalyzer(): StagedAnalyzer {
  const coreFilter = { stemmer: 'porter_nltk' } as const;
  return composeAnalyzer({ name: 'english_porter', rule: 'ascii_words', coreFilter, engines: {} });
}

/** `english_porter` without stop words, which are dropped before stemming (HAKARI rule `english_porter_stop`). */
export function englishPorterStopAnalyzer(): StagedAnalyzer {
  const coreFilter = { stopWords: HAKARI_STOP_WORDS, stemmer: 'porter_nltk' } as const;
  return composeAnalyzer({ name: 'english_porter_stop', rule: 'ascii_words', coreFilter, engines: {} });
}

/**
 * Words of two characters or more, without 33 stop words, then Snowball's English stem, as NLTK has it: the settings of
 * bm25s's published figures.
 */
export function bm25sEnglishAnalyzer(): StagedAnalyzer {
  const coreFilter = { stopWords: LUCENE_STOP_WORDS };
  const stages = { name: 'bm25s_english', rule: 'words_of_two', coreFilter, filter: nltkSnowballEnglish } as const;
  return composeAnalyzer({ ...stages, engines: {} });
}

/** Lucene's English analyzer, which Anserini uses: standard tokens, no possessive, no stop words, Porter's stem of 1980. */
export function luceneEnglishAnalyzer(): StagedAnalyzer {
  const coreFilter = { possessive: true, stopWords: LUCENE_STOP_WORDS, stemmer: 'porter' } as const;
  return composeAnalyzer({ name: 'lucene_english', rule: 'standard', coreFilter, engines: {} });
}
