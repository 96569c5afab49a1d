import { ownCopy } from '../common/own-copy.js';

/*
 * An analyzer works in two stages that stay apart: a splitter cuts the text into raw tokens, then filters turn each
 * raw token into the token that is indexed. A filter sees nothing but its token, so it runs once per distinct token
 * and not once per occurrence.
 */

/** Turns text into the tokens that are counted, in the order of the text, repeats included. */
export interface Analyzer {
  readonly name: string;
  tokenize(text: string): string[];
}

/** Cuts a text into raw tokens, as they stand there. */
export type Splitter = (text: string) => string[];

/** The token to go on with, or undefined to drop it. Depends on the token alone. */
export type TokenFilter = (token: string) => string | undefined;

/** An analyzer whose stages can be run apart: `tokenize` is `filter` of every token of `split`. */
export interface StagedAnalyzer extends Analyzer {
  readonly split: Splitter;
  readonly filter: TokenFilter;
}

/** Filters run left to right; one that drops the token ends the chain. */
export function composeAnalyzer(name: string, split: Splitter, ...filters: readonly TokenFilter[]): StagedAnalyzer {
  const filter: TokenFilter = (raw) => {
    let token: string | undefined = raw;
    for (const step of filters) {
      token = step(token);
      if (token === undefined) return undefined;
    }
    return token;
  };
  const remembered = rememberResults(filter);
  const tokenize = (text: string): string[] => {
    const tokens: string[] = [];
    for (const raw of split(text)) {
      const token = remembered(raw);
      if (token !== undefined) tokens.push(token);
    }
    return tokens;
  };
  return { name, split, filter, tokenize };
}

/** Far above the vocabulary of one corpus and far below the 2^24 entries at which a Map throws. */
const MEMORY_LIMIT = 1 << 20;

function rememberResults(filter: TokenFilter): TokenFilter {
  const results = new Map<string, string | undefined>();
  return (token) => {
    const known = results.get(token);
    if (known !== undefined || results.has(token)) return known;
    if (results.size === MEMORY_LIMIT) results.clear();
    const key = ownCopy(token);
    const result = filter(key);
    results.set(key, result);
    return result;
  };
}
