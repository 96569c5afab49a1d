import { fail } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { type NativeTextAnalyzer, nativeCore } from '../native/addon.js';

/*
 * An analyzer works in stages that stay apart. A text is cut, by a rule of the C++ core or by JavaScript; then each
 * token is filtered. A filter sees nothing but its token, so an index runs it once per distinct token and not once per
 * occurrence.
 */

/** Turns text into the tokens that are counted, in the order of the text, repeats included. Users may bring their own. */
export interface Analyzer {
  readonly name: string;
  tokenize(text: string): string[];
}

/** How the core cuts a text (native/include/tenbin/split_rule.h); every rule lower-cases. */
export type SplitRule = 'whitespace' | 'words' | 'ascii_words' | 'words_of_two' | 'standard' | 'unicode';

/** What the core does with each distinct token, in this order. */
export interface CoreFilter {
  /** Removes an English possessive, `'s` at the end. */
  readonly possessive?: boolean;
  /** Tokens to drop. */
  readonly stopWords?: readonly string[];
  /** `porter`: the algorithm of 1980, as Lucene has it; `porter_nltk`: NLTK's extended mode. */
  readonly stemmer?: 'porter' | 'porter_nltk';
}

/** The token to go on with, or undefined to drop it. Depends on the token alone, so it runs once per distinct token. */
export type TokenFilter = (token: string) => string | undefined;

/** An analyzer whose stages can be run apart: `segment` or `rule`, then `coreFilter`, then `filter`. */
export interface StagedAnalyzer extends Analyzer {
  /** The core's rule; undefined when `segment` cuts every text. */
  readonly rule?: SplitRule | undefined;
  /** Cuts a text in JavaScript, and lower-cases it if that is wanted; undefined leaves this text to `rule`. */
  readonly segment?: ((text: string) => readonly string[] | undefined) | undefined;
  readonly coreFilter?: CoreFilter | undefined;
  readonly filter?: TokenFilter | undefined;
  /** What decides the tokens beside Tenbin itself, with versions: `{ icu: '78.2', unicode: '17.0' }`. */
  readonly engines: Readonly<Record<string, string>>;
}

/** Raised whenever one of the core's rules or filters gives other tokens for some text; index files hold it. */
export const TOKENS_VERSION = 1;

/** Analyzers whose stages may be run in place of `tokenize`. A copy with another `tokenize` is not among them. */
const composed = new WeakSet<Analyzer>();

export function isStaged(analyzer: Analyzer): analyzer is StagedAnalyzer {
  return composed.has(analyzer);
}

/** Throws InputError unless it has a name and a `tokenize`. */
export function checkAnalyzer(analyzer: unknown): Analyzer {
  const { name, tokenize } = (analyzer ?? {}) as Partial<Analyzer>;
  if (typeof name !== 'string' || typeof tokenize !== 'function')
    fail('analyzer', 'a name or { name, tokenize }', analyzer);
  return analyzer as Analyzer;
}

/** The analyzer's tokens of a text. Throws InputError when one of somebody's own gives anything but strings. */
export function tokensOf(analyzer: Analyzer, text: string): readonly string[] {
  const tokens: unknown = analyzer.tokenize(text);
  if (isStaged(analyzer)) return tokens as string[];
  if (!Array.isArray(tokens) || !tokens.every((token) => typeof token === 'string')) {
    fail(`what the analyzer ${analyzer.name} returns`, 'an array of strings', tokens);
  }
  return tokens;
}

/** The analyzer of these stages; at least one of `rule` and `segment` is there. */
export function composeAnalyzer(stages: Omit<StagedAnalyzer, 'tokenize'>): StagedAnalyzer {
  const { name, rule, segment, coreFilter, filter } = stages;
  if (rule === undefined && segment === undefined) throw new InputError(`analyzer ${name}: nothing cuts the text`);
  let core: NativeTextAnalyzer | undefined;
  const tokenize = (text: string): string[] => {
    const pieces = segment?.(text);
    if (pieces === undefined && rule === undefined) throw new InputError(`analyzer ${name}: segment cut nothing`);
    core ??= new (nativeCore().TextAnalyzer)(rule, coreFilter ?? {});
    const tokens = pieces === undefined ? core.analyze(text) : core.filter(pieces);
    return filter === undefined ? tokens : tokens.map(filter).filter((token) => token !== undefined);
  };
  const analyzer = { ...stages, tokenize };
  composed.add(analyzer);
  return analyzer;
}
