/*
 * The two named sets of rules that move a score (docs/protocol.md). What each means for the metrics:
 *
 * hakari  relevance is binary (grade above 0); a ranking counts in the order given; queries without judgements score 0
 *         and stay in the mean; relevant documents that the corpus lacks stay in the denominators.
 * trec    trec_eval 10: grades are gains; a ranking is ordered by score descending, then document id descending; only
 *         judged queries are averaged.
 */
export const PROTOCOLS = ['hakari', 'trec'] as const;

export type Protocol = (typeof PROTOCOLS)[number];
