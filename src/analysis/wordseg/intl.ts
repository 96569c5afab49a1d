import { icuEngines } from '../icu.js';
import type { WordEngine } from './segmentation.js';

/** ICU's words of a language, with everything between them: the pieces joined are the text. */
export function intlEngine(language: string): WordEngine {
  const segmenter = new Intl.Segmenter(language, { granularity: 'word' });
  return {
    cut: (piece) => Array.from(segmenter.segment(piece), ({ segment }) => segment),
    engines: icuEngines(),
  };
}

/** The same where a better engine could be installed; says how. */
export function intlInsteadOf(packageName: string, language: string): WordEngine {
  const { cut, engines } = intlEngine(language);
  return { cut, engines: { ...engines, [packageName]: `not installed (npm install ${packageName})` } };
}
