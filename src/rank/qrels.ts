/**
 * Relevance judgements: query id -> document id -> grade. A grade above 0 is relevant, 0 or below is judged not
 * relevant; binary collections hold 1 everywhere. Pairs may name documents or queries that were not loaded: they
 * stay, because they belong in the denominators.
 */
export type Qrels = ReadonlyMap<string, ReadonlyMap<string, number>>;
