import { checkOptions, fail } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { composeAnalyzer, type StagedAnalyzer } from './analyzer.js';
import {
  bm25sEnglishAnalyzer,
  englishPorterAnalyzer,
  englishPorterStopAnalyzer,
  englishRegexAnalyzer,
  luceneEnglishAnalyzer,
} from './english.js';
import { icuAnalyzer } from './icu.js';
import { stemmerAnalyzer, stemmerLanguage } from './snowball.js';
import { transformerAnalyzer } from './transformer/transformer.js';
import { wordsegAnalyzer, wordsegLanguage } from './wordseg/wordseg.js';

/** Analyzers whose name says everything. */
const PLAIN = {
  /** Runs of anything but whitespace, lower-cased (HAKARI rule `whitespace`). */
  whitespace: () => composeAnalyzer({ name: 'whitespace', rule: 'whitespace', engines: {} }),
  /** Runs of Unicode word characters, lower-cased (HAKARI rule `regex`). */
  regex: () => composeAnalyzer({ name: 'regex', rule: 'words', engines: {} }),
  english_regex: englishRegexAnalyzer,
  english_porter: englishPorterAnalyzer,
  english_porter_stop: englishPorterStopAnalyzer,
  bm25s_english: bm25sEnglishAnalyzer,
  lucene_english: luceneEnglishAnalyzer,
  icu: icuAnalyzer,
} as const satisfies Record<string, () => StagedAnalyzer | Promise<StagedAnalyzer>>;

/** Analyzers that need a language: how one is read, and what opens it. */
const OF_A_LANGUAGE = {
  stemmer: { check: stemmerLanguage, open: stemmerAnalyzer },
  wordseg: { check: wordsegLanguage, open: wordsegAnalyzer },
} as const;

/** Every analyzer that `openAnalyzer` knows. `stemmer`, `wordseg` and `transformer` take an argument behind a colon. */
export const ANALYZER_NAMES = [
  ...(Object.keys(PLAIN) as readonly (keyof typeof PLAIN)[]),
  ...(Object.keys(OF_A_LANGUAGE) as readonly (keyof typeof OF_A_LANGUAGE)[]),
  'transformer',
] as const;

export type AnalyzerName = (typeof ANALYZER_NAMES)[number];

export interface AnalyzerOptions {
  /** Of the text, where the analyzer needs one and its own argument does not say it: a code, or Snowball's name. */
  readonly language?: string | undefined;
}

interface ParsedSpec {
  readonly name: AnalyzerName;
  readonly argument: string | undefined;
}

/**
 * A fresh analyzer by name: `regex`, `stemmer:german`, `wordseg:ja`, `transformer:FOLDER` ... Its engines are loaded
 * now. Throws InputError for a name that is not in ANALYZER_NAMES, an argument that it does not take, or a language
 * that is missing or not known.
 */
export async function openAnalyzer(spec: string, options: AnalyzerOptions = {}): Promise<StagedAnalyzer> {
  const { name, argument } = parse(spec);
  checkOptions(options);
  const given: unknown = options.language;
  if (given !== undefined && typeof given !== 'string') fail('language', 'the code of a language', given);
  if (isPlain(name)) return PLAIN[name]();
  if (name === 'transformer') return transformerAnalyzer(argument);
  const language = argument ?? options.language;
  if (language !== undefined) return OF_A_LANGUAGE[name].open(language);
  throw new InputError(
    `analyzer ${name}: of which language? Write ${name}:de, for example, or give a language beside it`,
  );
}

/** Throws InputError where `openAnalyzer` would for the spec alone, without loading anything. */
export function checkAnalyzerSpec(spec: string): void {
  const { name, argument } = parse(spec);
  if (argument !== undefined && isOfALanguage(name)) OF_A_LANGUAGE[name].check(argument);
}

function parse(spec: string): ParsedSpec {
  if (typeof spec !== 'string') fail('analyzer', 'a name', spec);
  const colon = spec.indexOf(':');
  const head = colon === -1 ? spec : spec.slice(0, colon);
  const argument = colon === -1 ? undefined : spec.slice(colon + 1);
  const name = ANALYZER_NAMES.find((known) => known === head);
  if (name === undefined) refuse(spec, `is not known; choose one of ${ANALYZER_NAMES.join(', ')}`);
  if (argument === '') refuse(spec, 'nothing stands behind the colon');
  if (argument !== undefined && isPlain(name)) refuse(spec, `${name} takes no argument`);
  return { name, argument };
}

function refuse(spec: string, problem: string): never {
  throw new InputError(`analyzer ${JSON.stringify(spec)}: ${problem}`);
}

function isPlain(name: AnalyzerName): name is keyof typeof PLAIN {
  return Object.hasOwn(PLAIN, name);
}

function isOfALanguage(name: AnalyzerName): name is keyof typeof OF_A_LANGUAGE {
  return Object.hasOwn(OF_A_LANGUAGE, name);
}
