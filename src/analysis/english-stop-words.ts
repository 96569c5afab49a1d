/**
 * HAKARI's own list of 74 words, neither NLTK's nor bm25s's. It lacks not, no, do, does, did, how, can, could, would,
 * should, about and am.
 */
export const HAKARI_STOP_WORDS: readonly string[] =
  `a an and are as at be been being but by for from had has have he her hers him his i if in into is it its itself me
   my myself of on or our ours ourselves she so than that the their theirs them themselves then there these they this
   those to too up very was we were what when where which who whom why will with you your yours yourself
   yourselves`.split(/\s+/);

/** The 33 words of Lucene's English analyzer, which bm25s took over for its `en`. */
export const LUCENE_STOP_WORDS: readonly string[] =
  `a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to
   was will with`.split(/\s+/);
