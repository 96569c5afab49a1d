import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import { checkLanguage } from '../analysis/languages.js';
import { ANALYZER_NAMES, checkAnalyzerSpec } from '../analysis/open-analyzer.js';
import { InputError } from '../common/errors.js';
import type { LexicalOptions } from '../evaluation/profile.js';
import { BM25_METHODS, checkWeighing } from '../lexical/bm25-options.js';

export const ANALYZER_CHOICES = `${ANALYZER_NAMES.join(', ')}; with an argument: stemmer:de, wordseg:ja, transformer:FILE (or a model on the Hub)`;

/** Options of a command that ranks by BM25. */
export const LEXICAL_OPTIONS = {
  analyzer: { type: 'string', describe: `${ANALYZER_CHOICES}; default by the task's language` },
  language: {
    type: 'string',
    describe: 'Language of the texts (de, zh ...) in place of the one that the task declares',
  },
  'bm25-method': { choices: BM25_METHODS, describe: 'Formula of BM25; default robertson' },
  k1: { type: 'number', describe: 'BM25: saturation of term frequency; default 1.5' },
  b: { type: 'number', describe: 'BM25: weight of document length; default 0.75' },
  delta: { type: 'number', describe: 'BM25: of the methods bm25l and bm25+; default 0.5' },
  'quantize-lengths': { type: 'boolean', describe: 'BM25: round document lengths into one byte, as Lucene does' },
} as const;

/** Those that take a value. */
export const LEXICAL_VALUES = ['analyzer', 'language', 'bm25-method', 'k1', 'b', 'delta'] as const;

/** Throws InputError for a value out of range, naming the option. */
export function lexicalOptions(given: ArgumentsCamelCase<InferredOptionTypes<typeof LEXICAL_OPTIONS>>): LexicalOptions {
  const { analyzer, language, bm25Method: method, k1, b, delta, quantizeLengths } = given;
  if (analyzer !== undefined) checkAnalyzerSpec(analyzer);
  if (language !== undefined) checkLanguage('--language', language);
  if (delta !== undefined && method !== 'bm25l' && method !== 'bm25+') {
    throw new InputError('--delta: is of the methods bm25l and bm25+; choose one with --bm25-method');
  }
  const weighing = { method, k1, b, delta, quantizeLengths };
  checkWeighing(weighing, '--');
  return { analyzer, language, ...weighing };
}
