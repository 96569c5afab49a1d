import { fail } from '../common/check.js';

/** Snowball's name of each language that its stemmers cover, by ISO 639-1 code; Norwegian by its written forms too. */
export const SNOWBALL_BY_CODE: ReadonlyMap<string, string> = new Map([
  ['ar', 'arabic'],
  ['hy', 'armenian'],
  ['eu', 'basque'],
  ['ca', 'catalan'],
  ['cs', 'czech'],
  ['da', 'danish'],
  ['nl', 'dutch'],
  ['en', 'english'],
  ['eo', 'esperanto'],
  ['et', 'estonian'],
  ['fi', 'finnish'],
  ['fr', 'french'],
  ['de', 'german'],
  ['el', 'greek'],
  ['hi', 'hindi'],
  ['hu', 'hungarian'],
  ['id', 'indonesian'],
  ['ga', 'irish'],
  ['it', 'italian'],
  ['lt', 'lithuanian'],
  ['ne', 'nepali'],
  ['no', 'norwegian'],
  ['nb', 'norwegian'],
  ['nn', 'norwegian'],
  ['fa', 'persian'],
  ['pl', 'polish'],
  ['pt', 'portuguese'],
  ['ro', 'romanian'],
  ['ru', 'russian'],
  ['sr', 'serbian'],
  ['st', 'sesotho'],
  ['es', 'spanish'],
  ['sv', 'swedish'],
  ['ta', 'tamil'],
  ['tr', 'turkish'],
  ['yi', 'yiddish'],
]);

/** The part of a language code that names the language, in lower case: `zh` of `zh-Hans`, `pt` of `pt_BR` (HAKARI rule). */
export function primarySubtag(code: string): string {
  return code.trim().toLowerCase().split(/[-_]/)[0] ?? '';
}

/** Languages that HAKARI's policy does not cut as it cuts any other, by `regex`; English has an analyzer of its own. */
export const SEGMENTED = ['ja', 'zh', 'th', 'ko', 'vi'];
export const STEMMED = ['ar', 'de', 'es', 'fi', 'fr', 'hi', 'id', 'ru'];
export const SPLIT_AT_SPACES = ['bn', 'te'];

const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/**
 * A language that someone names: a code (`de`, `deu`, `zh-Hans`) or Snowball's name (`german`), as its code `de` or
 * `zh`. Throws InputError for what is no language that Unicode's CLDR knows.
 */
export function checkLanguage(name: string, value: unknown): string {
  const known = ['en', ...SEGMENTED, ...STEMMED, ...SPLIT_AT_SPACES].sort().join(', ');
  const expected = `the code of a language (${known}; texts in any other are cut by regex)`;
  if (typeof value !== 'string') fail(name, expected, value);
  const code = primarySubtag(value);
  for (const [known, language] of SNOWBALL_BY_CODE) if (language === code) return known;
  if (!/^[a-z]{2,3}$/.test(code) || NAMES.of(code) === undefined) fail(name, expected, value);
  return Intl.getCanonicalLocales(code)[0] ?? code;
}
