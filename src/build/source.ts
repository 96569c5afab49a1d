import type { TextEntry } from '../dataset/nano-writer.js';
import type { CandidateRow, Task } from '../dataset/task.js';

/** A judgement of the source; whether it is above 0 is all that is kept of its grade. */
export interface Judgement {
  readonly queryId: string;
  readonly documentId: string;
  readonly relevant: boolean;
}

/** What a set was made from, for its manifest: nothing that depends on where the source lies on this machine. */
export interface SourceFacts {
  /** The folder's own name, or the dataset's id. */
  readonly name: string;
  readonly split: string;
  readonly format: Task['format'] | 'files' | 'combined';
  /** The commit of a dataset of the Hub. */
  readonly revision?: string | undefined;
  /** `sha256:<hex>` of each file by its path, or `git-sha1:<hex>` of a small file of the Hub. */
  readonly checksums?: Readonly<Record<string, string>> | undefined;
  /** Where the judgements are from, when they are in another dataset of the Hub. */
  readonly qrels?: Pick<SourceFacts, 'name' | 'revision' | 'checksums'> | undefined;
  /** By name, of a task that is combined from several. */
  readonly subsets?: Readonly<Record<string, SourceFacts>> | undefined;
}

/**
 * A full benchmark that a Nano set is made from. Tables stream, in the source's order, as often as they are asked for;
 * nothing is dropped yet, but texts are stripped and titles joined. Methods throw InputError naming file and row.
 */
export interface FullSource {
  /** For messages. */
  readonly path: string;
  readonly split: string;
  /** What it is called, without where it lies. */
  readonly name: string;
  /** Whether the split, and not the folder, names what it is about. */
  readonly isOneOfMany: boolean;
  readonly language?: string | undefined;
  readonly category?: 'natural_language' | 'code' | undefined;
  /** Which of several subsets a query or document belongs to; where there is one, there is no such method. */
  subsetOf?(id: string): number;
  documents(): AsyncIterable<readonly TextEntry[]>;
  queries(): AsyncIterable<readonly TextEntry[]>;
  judgements(): AsyncIterable<readonly Judgement[]>;
  /** Rankings that the source ships under a config. */
  candidates(config: string): AsyncIterable<CandidateRow>;
  /** Reads the files once more to hash them. */
  facts(signal?: AbortSignal): Promise<SourceFacts>;
}
