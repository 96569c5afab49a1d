import { openLanguageDetector } from './detect-language.js';
import { voteLanguage } from './language-vote.js';
import { primarySubtag, SEGMENTED, SNOWBALL_BY_CODE, SPLIT_AT_SPACES, STEMMED } from './languages.js';

/** What a task declares about its text. */
export interface DeclaredText {
  readonly category?: 'natural_language' | 'code' | undefined;
  /** Codes such as `en` or `zh-Hans`, or `multilingual`. */
  readonly language?: string | readonly string[] | undefined;
}

export interface AnalyzerChoice {
  /** For `openAnalyzer`: `english_porter_stop`, `stemmer:german` ... */
  readonly analyzer: string;
  /** One clause for the user: why this analyzer. */
  readonly why: string;
  /** What detected the language, with versions; nothing where none was detected. */
  readonly engines: Readonly<Record<string, string>>;
}

/**
 * The analyzer a task gets when none is named, by HAKARI's policy: code is split by `regex`, else the language decides:
 * the declared one, even where the text is in another, or, where none or several are declared, the one that ten of the
 * queries (given in table order) are found to be in. `given` is the code of a language that overrides what is declared.
 */
export async function chooseAnalyzer(
  task: DeclaredText,
  queries: readonly string[],
  given?: string,
): Promise<AnalyzerChoice> {
  if (given !== undefined) return { analyzer: analyzerOf(given), why: `the language given is ${given}`, engines: {} };
  if (task.category === 'code') return { analyzer: 'regex', why: 'the category is code', engines: {} };
  const language = declaredLanguage(task.language);
  if (language !== undefined) {
    return { analyzer: analyzerOf(language), why: `the declared language is ${language}`, engines: {} };
  }
  const detector = await openLanguageDetector();
  const { winner, votes, voters } = voteLanguage(queries, (text) => detector.detect(text));
  if (winner === undefined)
    return { analyzer: 'regex', why: 'no language is declared and no query has text', engines: {} };
  const counts = Array.from(votes, ([code, count]) => `${code} ${count}`).join(', ');
  const declared = declaredLanguages(task.language).join(', ') || 'no language';
  const why = `${declared} declared, ${voters} queries voted: ${counts}`;
  return { analyzer: analyzerOf(winner), why, engines: detector.engines };
}

/** The one language that is declared, as its primary subtag; undefined for none, several, or `multilingual`. */
export function declaredLanguage(language: DeclaredText['language']): string | undefined {
  const [only, ...others] = declaredLanguages(language);
  return others.length === 0 && only !== 'multilingual' ? only : undefined;
}

function declaredLanguages(language: string | readonly string[] = []): string[] {
  const codes = typeof language === 'string' ? [language] : language;
  return codes.map(primarySubtag).filter((code) => code !== '');
}

function analyzerOf(language: string): string {
  if (language === 'en') return 'english_porter_stop';
  if (SEGMENTED.includes(language)) return `wordseg:${language}`;
  if (STEMMED.includes(language)) return `stemmer:${SNOWBALL_BY_CODE.get(language)}`;
  return SPLIT_AT_SPACES.includes(language) ? 'whitespace' : 'regex';
}
