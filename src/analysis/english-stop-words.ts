/*
 * HAKARI's own list of 74 words, neither NLTK's nor bm25s's. It lacks not, no, do, does, did, how, can, could, would,
 * should, about and am.
 */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an and are as at be been being but by for from had has have he her hers him his i if in into is it its itself me
   my myself of on or our ours ourselves she so than that the their theirs them themselves then there these they this
   those to too up very was we were what when where which who whom why will with you your yours yourself
   yourselves`.split(/\s+/),
);

/** Whether a lower-cased token is on the list. */
export function isEnglishStopWord(token: string): boolean {
  return STOP_WORDS.has(token);
}
