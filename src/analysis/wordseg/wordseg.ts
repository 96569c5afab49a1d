import { InputError } from '../../common/errors.js';
import { composeAnalyzer, type StagedAnalyzer } from '../analyzer.js';
import { chunks } from '../chunks.js';
import { primarySubtag } from '../languages.js';
import { chineseEngine } from './chinese.js';
import { intlEngine } from './intl.js';
import { japaneseEngine } from './japanese.js';
import type { WordEngine } from './segmentation.js';

interface Language {
  readonly open: () => WordEngine | Promise<WordEngine>;
  /** The pieces that HAKARI's engine for the language would give as tokens. */
  readonly keep: (pieces: readonly string[]) => readonly string[];
}

const everything = (pieces: readonly string[]) => pieces;

/** MeCab and Kiwi pass over white space; MeCab takes the ideographic space for a word. */
const notSpaces = (pieces: readonly string[]) => pieces.filter((piece) => !/^[^\S\u3000]+$/.test(piece));

/** HAKARI keeps what Python's `isalnum` finds a character in, lower-cased. */
const lowerCasedWords = (pieces: readonly string[]) =>
  pieces.filter((piece) => /[\p{L}\p{N}]/u.test(piece)).map((piece) => piece.toLowerCase());

const LANGUAGES = {
  ja: { open: japaneseEngine, keep: notSpaces },
  ko: { open: () => intlEngine('ko'), keep: notSpaces },
  th: { open: () => intlEngine('th'), keep: everything },
  vi: { open: () => intlEngine('vi'), keep: lowerCasedWords },
  zh: { open: chineseEngine, keep: everything },
} as const satisfies Record<string, Language>;

type Code = keyof typeof LANGUAGES;

export const WORDSEG_LANGUAGES = Object.keys(LANGUAGES) as readonly Code[];

/** The code of a language that `wordseg` has, given as `zh` or `zh-Hans`. Throws InputError. */
export function wordsegLanguage(language: string): Code {
  const code = WORDSEG_LANGUAGES.find((known) => known === primarySubtag(language));
  if (code !== undefined) return code;
  const known = WORDSEG_LANGUAGES.join(', ');
  throw new InputError(`language ${JSON.stringify(language)}: wordseg does not cut it; those that it cuts: ${known}`);
}

/** One engine of a language for the whole process: a dictionary takes a second and 100 MB. */
const opened = new Map<Code, Promise<WordEngine>>();

function openEngine(code: Code): Promise<WordEngine> {
  const known = opened.get(code);
  if (known !== undefined) return known;
  const engine = Promise.resolve(LANGUAGES[code].open());
  opened.set(code, engine);
  engine.catch(() => opened.delete(code));
  return engine;
}

/** Words of a language that does not write (all of) them apart (HAKARI rule `wordseg`, with other engines). */
export async function wordsegAnalyzer(language: string): Promise<StagedAnalyzer> {
  const code = wordsegLanguage(language);
  const { cut, engines } = await openEngine(code);
  const { keep } = LANGUAGES[code];
  const segment = (text: string) => {
    const pieces = chunks(text).map((piece) => keep(cut(piece)));
    return pieces.length === 1 ? pieces[0]! : pieces.flat();
  };
  return composeAnalyzer({ name: `wordseg:${code}`, segment, engines });
}
