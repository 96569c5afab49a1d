/** The graph itself keeps only a text's first 128 tokens (its `ClipToMaxLength`). */
export const MAX_TOKENS = 128;

/**
 * The tokenizer's time grows with the square of the length, so it never sees more than this many UTF-16 units of the
 * normalised text. Only a text whose first 16,384 units hold fewer than 128 tokens would feel it.
 */
export const MAX_UNITS = 16_384;

/** `Tokenizer` of @tensorflow-models/universal-sentence-encoder. */
export interface PieceTokenizer {
  encode(text: string): number[];
}

/**
 * The first MAX_TOKENS token ids of a text, as the tokenizer gives them for the whole text. No piece of the vocabulary
 * has a space inside, so the best segmentation passes through every space, and what stands before one does not depend
 * on what follows: a head that ends at a space and has enough tokens is enough.
 */
export function firstTokens(tokenizer: PieceTokenizer, text: string): number[] {
  const normal = text.normalize('NFKC');
  for (let units = 600; units < Math.min(normal.length, MAX_UNITS); units = Math.ceil(units * 1.5)) {
    const space = normal.lastIndexOf(' ', units);
    // Without a space the last pieces before the cut may differ, but never as many as another MAX_TOKENS of them.
    const [end, enough] = space > 0 ? [space, MAX_TOKENS] : [units, 2 * MAX_TOKENS];
    const ids = tokenizer.encode(normal.slice(0, end));
    if (ids.length >= enough) return ids.slice(0, MAX_TOKENS);
  }
  return tokenizer.encode(normal.slice(0, MAX_UNITS)).slice(0, MAX_TOKENS);
}
