import { PythonRandom } from '../common/python-random.js';
import type { DetectedLanguage } from './detect-language.js';
import { primarySubtag } from './languages.js';

/** How many queries HAKARI asks. */
const VOTERS = 10;

export interface LanguageVote {
  /** The code that won, or undefined when there was no query to ask. */
  readonly winner: string | undefined;
  /** Votes by code, the winner first. */
  readonly votes: ReadonlyMap<string, number>;
  /** Queries asked. */
  readonly voters: number;
}

/**
 * The language of a task by its queries, in table order: ten drawn by Python's `Random(0).sample`, or all where there
 * are no more, empty ones left out; most votes win, then the higher sum of scores, then the code that sorts first
 * (HAKARI rule).
 */
export function voteLanguage(queries: readonly string[], detect: (text: string) => DetectedLanguage): LanguageVote {
  const texts = queries.filter((text) => text !== '');
  const asked = texts.length > VOTERS ? new PythonRandom(0).sample(texts, VOTERS) : texts;
  const tally = new Map<string, { votes: number; score: number }>();
  for (const text of asked) {
    const { language, score } = detect(text);
    const code = primarySubtag(language);
    const known = tally.get(code) ?? { votes: 0, score: 0 };
    tally.set(code, { votes: known.votes + 1, score: known.score + score });
  }
  const ranked = [...tally].sort(
    ([a, x], [b, y]) => y.votes - x.votes || y.score - x.score || (a < b ? -1 : a > b ? 1 : 0),
  );
  const votes = new Map(ranked.map(([code, { votes }]) => [code, votes]));
  return { winner: ranked[0]?.[0], votes, voters: asked.length };
}
