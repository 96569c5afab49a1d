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

/** A language that someone names: a code (`de`, `zh-Hans`) or Snowball's name (`german`), as its code `de` or `zh`. */
export function checkLanguage(name: string, value: unknown): string {
  if (typeof value !== 'string') fail(name, 'the code of a language', value);
  const code = primarySubtag(value);
  for (const [known, language] of SNOWBALL_BY_CODE) if (language === code) return known;
  if (!/^[a-z]{2,3}$/.test(code)) fail(name, 'the code of a language (de, zh-Hans ...)', value);
  return code;
}
