/** Cuts a piece of text into words, its punctuation and perhaps its spaces among them. */
export type Segmentation = (piece: string) => string[];

/** What cuts the text of one language, with versions. */
export interface WordEngine {
  readonly cut: Segmentation;
  readonly engines: Readonly<Record<string, string>>;
}
