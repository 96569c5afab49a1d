import type { Qrels } from '../rank/qrels.js';

/** A row of a corpus or query table that is kept. */
export interface TextRow {
  readonly id: string;
  readonly text: string;
  /** Position in the table as stored, counting rows that the loader drops; precomputed embeddings use it. */
  readonly row: number;
}

/** A document that is kept, its text in UTF-8. */
export interface EncodedRow {
  readonly id: string;
  readonly text: Uint8Array;
}

/** A stretch of a table as it streams in. */
export interface TextBatch<Row = TextRow> {
  readonly rows: readonly Row[];
  /** Table rows read for this batch, dropped ones included. */
  readonly read: number;
}

/** One query's fixed ranking as shipped with a dataset, best first, without scores. */
export interface CandidateRow {
  readonly queryId: string;
  readonly documentIds: readonly string[];
}

/** Where on the Hub a task's tables were taken from. */
export interface TaskOrigin {
  /** The dataset's id, `org/name`. */
  readonly dataset: string;
  /** The commit. */
  readonly revision: string;
  /** Of each table by its path: `sha256:<hex>`, or `git-sha1:<hex>` of a small file as a git blob. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** How many of each a task is known to have. */
export interface TaskCounts {
  readonly queries?: number | undefined;
  readonly documents?: number | undefined;
  /** Positive judgements. */
  readonly positives?: number | undefined;
  /** They are of an older build of the data. */
  readonly countsInDoubt?: boolean | undefined;
}

/**
 * One retrieval task: a split of a dataset. Tables are read when asked for, as streams. Every method throws
 * InputError naming the file and row when the data is not what the format promises; a repeated id is such an error.
 */
export interface Task {
  /** The dataset, e.g. `NanoMMTEB-v2`. */
  readonly group: string;
  /** The split, e.g. `ailastatutes`. */
  readonly name: string;
  readonly format: 'nano' | 'beir' | 'trec' | 'pairs';
  /** Folder or file it is read from, for messages and results. */
  readonly path: string;
  /** Declared language code (`en`, `multilingual` ...) where the registry knows the task. */
  readonly language?: string | undefined;
  readonly category?: 'natural_language' | 'code' | undefined;
  /** Of a task that was fetched from the Hub. */
  readonly origin?: TaskOrigin | undefined;
  /** What the registry says of it. */
  readonly known?: TaskCounts | undefined;
  corpus(): AsyncIterable<TextBatch>;
  /** The same rows where the format stores UTF-8, for who needs no strings: making them takes a while. */
  encodedCorpus?(): AsyncIterable<TextBatch<EncodedRow>>;
  /** Rows of the corpus table, dropped ones included, where the format tells before it is read. */
  corpusRows(): Promise<number | undefined>;
  queries(): AsyncIterable<TextBatch>;
  qrels(): Promise<Qrels>;
  /** Names of the candidate configs present for this split, sorted. */
  candidateConfigs(): Promise<string[]>;
  /** Throws InputError when the config is missing; there is no fallback. */
  candidates(config: string): AsyncIterable<CandidateRow>;
}
