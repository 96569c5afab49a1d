/** One token of a query and what it adds to a document's score. */
export interface ExplainedTerm {
  readonly token: string;
  /** Documents that hold it; 0 for one that no document has. */
  readonly documentFrequency: number;
  /** Rounded to float32. */
  readonly idf: number;
  /** How often the document holds it. */
  readonly frequency: number;
  readonly tfPart: number;
  /** float32(idf * tfPart). */
  readonly contribution: number;
}

/** Why a document has its score for a query: contributions are added as float32, in order. */
export interface Bm25Explanation {
  readonly score: number;
  /** In tokens. */
  readonly documentLength: number;
  /** The length that the formula took: the same, or what Lucene's byte keeps of it. */
  readonly weighedLength: number;
  readonly averageDocumentLength: number;
  /** In the order of the query's tokens, repeats included. */
  readonly terms: readonly ExplainedTerm[];
}
