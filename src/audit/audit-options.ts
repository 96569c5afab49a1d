import { checkChoice, checkInteger, checkNumber, checkOptions, checkSignal, fail } from '../common/check.js';
import { InputError } from '../common/errors.js';

/** How a training file is read. `paragraphs` is text whose documents are parted by blank lines. */
export const TRAINING_FORMATS = ['jsonl', 'csv', 'tsv', 'lines', 'paragraphs', 'parquet'] as const;
export type TrainingFormat = (typeof TRAINING_FORMATS)[number];

export interface AuditOptions {
  /** Only these fields or columns of the training files; all that hold text by default. */
  readonly fields?: readonly string[] | undefined;
  /** How the training files are read; by their names by default, `.txt` by lines. */
  readonly format?: TrainingFormat | undefined;
  /** Words in a row that must be shared to count; 13 by default, from 2 to 1000. */
  readonly runWords?: number | undefined;
  /** The same in characters, for scripts that are written without spaces; 50 by default. */
  readonly runCharacters?: number | undefined;
  /** The least Jaccard similarity of the words of near duplicates; 0.6 by default. */
  readonly similarity?: number | undefined;
  /** Whether equal texts of fewer than four words are overlap too; they are only reported by default. */
  readonly short?: boolean | undefined;
  /**
   * Where to write the training file without the rows that overlap, in the same format and compression, other rows byte
   * for byte. A folder when there are several files. Not for Parquet.
   */
  readonly fix?: string | undefined;
  /**
   * Files that hold the rows which the dataset's tasks were made from, in the formats of training files, told by their
   * names. Where a row of them holds a query or document of a task, its other texts count as the task's too.
   */
  readonly sources?: readonly string[] | undefined;
  /** Only these fields or columns of `sources`; all that hold text by default. */
  readonly sourceFields?: readonly string[] | undefined;
  /** Called with each match, in the order of files and rows; awaited. */
  readonly onMatch?: ((match: AuditMatch) => void | Promise<void>) | undefined;
  readonly onProgress?: ((progress: AuditProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `done` counts texts of the dataset, rows of a file of sources, or rows of all training files so far. */
export interface AuditProgress {
  readonly stage: 'indexing' | 'finding source rows' | 'auditing';
  readonly file?: string | undefined;
  readonly done: number;
}

/**
 * How a text of the dataset stands in a training row: with the same words (`exact`; `short` when it has fewer than four
 * words or eight characters), in words nearly the same (`near`), or with a long run of its words (`contained`).
 */
export const AUDIT_KINDS = ['exact', 'short', 'near', 'contained'] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/**
 * A `positive` is a document that some query is judged relevant to, a `document` any other; a `source` is another text of
 * a row that the task was made from.
 */
export const AUDIT_ROLES = ['query', 'positive', 'document', 'source'] as const;
export type AuditRole = (typeof AUDIT_ROLES)[number];

/** A text of the dataset that stands in a training row. */
export interface AuditMatch {
  readonly file: string;
  /** Where the row begins, counted from 1; for Parquet the row, counted from 0. */
  readonly line?: number | undefined;
  readonly row?: number | undefined;
  /** Where in the row, as `messages[0].content`; undefined in plain text. */
  readonly field?: string | undefined;
  readonly group: string;
  readonly task: string;
  readonly role: AuditRole;
  /** Of a source text, its file, line or row, and field. */
  readonly id: string;
  readonly kind: AuditKind;
  /** 1 for `exact` and `short`; the Jaccard similarity of the words; the part of the text in the longest shared run. */
  readonly similarity: number;
  /** The training text from where the shared part begins, at most 160 bytes. */
  readonly excerpt: string;
}

/** How many texts of one role a task has, and how many of them stand in the training files, each by its first kind. */
export type RoleOverlap = { readonly total: number } & Readonly<Record<AuditKind, number>>;

/** How many rows a file of sources has, and how many of them hold a query or document. */
export interface SourceCount {
  readonly file: string;
  readonly rows: number;
  readonly sourceRows: number;
}

export interface AuditResult {
  readonly tasks: readonly {
    readonly group: string;
    readonly task: string;
    readonly overlap: Readonly<Record<AuditRole, RoleOverlap>>;
  }[];
  readonly sources: readonly SourceCount[];
  readonly rows: number;
  /** Rows that overlap. Those that hold only short texts count when `short` says so. */
  readonly overlappingRows: number;
  readonly matches: number;
  /** Whether any row overlaps. */
  readonly overlap: boolean;
}

/** Throws InputError naming the option that is wrong. */
export function checkAuditOptions(files: readonly string[], options: AuditOptions): void {
  checkList('files', files, 'paths');
  checkOptions(options);
  checkSignal(options.signal);
  const { fields, format, runWords, runCharacters, similarity, sources, sourceFields } = options;
  if (sources !== undefined) checkList('sources', sources, 'paths');
  for (const paths of [files, sources ?? []]) {
    const repeated = paths.find((path, i) => paths.indexOf(path) !== i);
    if (repeated !== undefined) throw new InputError(`${repeated}: given more than once`);
  }
  if (fields !== undefined) checkList('fields', fields, 'names');
  if (sourceFields !== undefined) {
    checkList('sourceFields', sourceFields, 'names');
    if (sources === undefined) fail('sourceFields', 'left out without sources', sourceFields);
  }
  if (format !== undefined) checkChoice('format', format, TRAINING_FORMATS);
  if (runWords !== undefined) checkInteger('runWords', runWords, 2, 1000);
  if (runCharacters !== undefined) checkInteger('runCharacters', runCharacters, 2, 1000);
  if (similarity !== undefined) {
    checkNumber('similarity', similarity, 0, 1);
    if (similarity === 0) fail('similarity', 'a number above 0', similarity);
  }
}

function checkList(name: string, value: unknown, of: string): void {
  if (!Array.isArray(value) || value.length === 0 || value.some((each) => typeof each !== 'string')) {
    fail(name, `a list of ${of}`, value);
  }
}
