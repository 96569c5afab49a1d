import { InputError } from '../common/errors.js';
import { ANALYZER_NAMES, type AnalyzerName } from './open-analyzer.js';

/** What a task declares about its text. */
export interface DeclaredText {
  /** The task's name, for messages. */
  readonly name: string;
  readonly category?: 'natural_language' | 'code' | undefined;
  /** Codes such as `en` or `zh-Hans`, or `multilingual`. */
  readonly language?: string | readonly string[] | undefined;
}

export interface AnalyzerChoice {
  readonly analyzer: AnalyzerName;
  /** One clause for the user: why this analyzer. */
  readonly why: string;
}

/**
 * The analyzer a task gets when none is named, by HAKARI's policy: code is split by `regex`, else the declared language
 * decides, even where the text is in another. Unlike HAKARI, which then guesses from the queries, a task that declares
 * no language is taken for English. Throws InputError where HAKARI uses something that this version does not have.
 */
export function chooseAnalyzer(task: DeclaredText): AnalyzerChoice {
  if (task.category === 'code') return { analyzer: 'regex', why: 'the category is code' };
  const languages = declaredLanguages(task.language);
  const [language] = languages;
  if (language === undefined) {
    return { analyzer: 'english_porter_stop', why: 'the language is not declared, English is assumed' };
  }
  const declared = languages.join(', ');
  if (languages.length > 1 || language === 'multilingual') {
    refuse(task, declared, 'an analyzer chosen by detecting the language of the queries');
  }
  const missing = MISSING.get(language);
  if (missing !== undefined) refuse(task, declared, `the analyzer ${missing}`);
  return { analyzer: AVAILABLE.get(language) ?? 'regex', why: `the declared language is ${declared}` };
}

/** Languages with an analyzer of their own. Every other one gets `regex`. */
const AVAILABLE: ReadonlyMap<string, AnalyzerName> = new Map([
  ['en', 'english_porter_stop'],
  ['bn', 'whitespace'],
  ['te', 'whitespace'],
]);

const MISSING: ReadonlyMap<string, string> = new Map([
  ...['ja', 'zh', 'th', 'ko', 'vi'].map((language) => [language, 'wordseg'] as const),
  ...['ar', 'de', 'es', 'fi', 'fr', 'hi', 'id', 'ru'].map((language) => [language, 'stemmer'] as const),
]);

/** The distinct primary subtags, in lower case: `zh` of `zh-Hans`, `pt` of `pt_BR`. */
function declaredLanguages(language: string | readonly string[] = []): string[] {
  const codes = typeof language === 'string' ? [language] : language;
  const subtags = codes.map((code) => code.trim().toLowerCase().split(/[-_]/)[0] ?? '');
  return [...new Set(subtags)].filter((code) => code !== '');
}

function refuse(task: DeclaredText, declared: string, wanted: string): never {
  throw new InputError(
    `task ${task.name}: for the declared language ${declared} HAKARI uses ${wanted}, which this version does not have; ` +
      `choose one with --analyzer (${ANALYZER_NAMES.join(', ')})`,
  );
}
