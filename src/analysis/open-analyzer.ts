import { InputError } from '../common/errors.js';
import type { StagedAnalyzer } from './analyzer.js';
import { englishPorterAnalyzer, englishPorterStopAnalyzer, englishRegexAnalyzer } from './english.js';
import { regexAnalyzer } from './regex.js';
import { whitespaceAnalyzer } from './whitespace.js';

const ANALYZERS = {
  whitespace: whitespaceAnalyzer,
  regex: regexAnalyzer,
  english_regex: englishRegexAnalyzer,
  english_porter: englishPorterAnalyzer,
  english_porter_stop: englishPorterStopAnalyzer,
} as const;

export type AnalyzerName = keyof typeof ANALYZERS;

/** Every analyzer that `openAnalyzer` knows. */
export const ANALYZER_NAMES = Object.keys(ANALYZERS) as readonly AnalyzerName[];

/** HAKARI's other analyzers, named so that asking for one is not taken for a misspelling. */
const NOT_YET: readonly string[] = ['stemmer', 'wordseg', 'transformer'];

/** A fresh analyzer by HAKARI's name for it. Throws InputError for a name that is not in ANALYZER_NAMES. */
export function openAnalyzer(name: string): StagedAnalyzer {
  if (isAnalyzerName(name)) return ANALYZERS[name]();
  const problem = NOT_YET.includes(name) ? 'is an analyzer of HAKARI that this version does not have' : 'is not known';
  throw new InputError(`analyzer ${JSON.stringify(name)}: ${problem}; choose one of ${ANALYZER_NAMES.join(', ')}`);
}

function isAnalyzerName(name: string): name is AnalyzerName {
  return Object.hasOwn(ANALYZERS, name);
}
