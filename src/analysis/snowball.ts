import { InputError } from '../common/errors.js';
import { installedVersion } from '../common/installed-version.js';
import { composeAnalyzer, type StagedAnalyzer, type TokenFilter } from './analyzer.js';
import { primarySubtag, SNOWBALL_BY_CODE } from './languages.js';

/** Snowball's names of the languages that have a stemmer, sorted. */
export const STEMMER_LANGUAGES: readonly string[] = [...new Set(SNOWBALL_BY_CODE.values())].sort();

/** Snowball's name of a language given by that name or by a code (`german`, `de`, `de-AT`). Throws InputError. */
export function stemmerLanguage(language: string): string {
  const name = language.trim().toLowerCase();
  if (STEMMER_LANGUAGES.includes(name)) return name;
  const byCode = SNOWBALL_BY_CODE.get(primarySubtag(language));
  if (byCode !== undefined) return byCode;
  throw new InputError(
    `language ${JSON.stringify(language)}: there is no stemmer for it; those that there are: ${STEMMER_LANGUAGES.join(', ')}`,
  );
}

export interface SnowballStemmer {
  readonly stem: TokenFilter;
  readonly engines: Readonly<Record<string, string>>;
}

/** Snowball's stemmer for lower-cased words of a language, by Snowball's name for it. */
export async function openSnowball(language: string): Promise<SnowballStemmer> {
  const snowball: Readonly<Record<string, unknown>> = await import('multilingual-stemmer');
  const stem = snowball[language];
  if (typeof stem !== 'function') throw new InputError(`multilingual-stemmer: it has no ${language}`);
  return { stem: stem as TokenFilter, engines: { 'multilingual-stemmer': installedVersion('multilingual-stemmer') } };
}

/** Some stemmers take time by the square of the length: 4 ms for this much, 40 s for a megabyte. No word is so long. */
const LONGEST_WORD = 10_000;

/**
 * `regex`, then Snowball's stem (HAKARI rule `stemmer`). A token of which nothing is left (Greek has some) is dropped; one
 * of more than 10,000 characters stays as it is.
 */
export async function stemmerAnalyzer(language: string): Promise<StagedAnalyzer> {
  const name = stemmerLanguage(language);
  const { stem, engines } = await openSnowball(name);
  return composeAnalyzer({
    name: `stemmer:${name}`,
    rule: 'words',
    filter: (token) => (token.length > LONGEST_WORD ? token : stem(token) || undefined),
    engines,
  });
}
