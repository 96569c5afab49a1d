import type { NativeOverlap } from '../native/addon.js';

/** Where a text stands in its file, and which bytes of the block's source are its row. */
export interface RowPlace {
  readonly line?: number | undefined;
  readonly row?: number | undefined;
  readonly field?: string | undefined;
  readonly begin: number;
  readonly end: number;
}

/** A text of a row, and where in the row it stands. */
export interface RowText {
  readonly field: string | undefined;
  readonly text: string;
}

/** Whole rows of a training file, some megabytes of them. */
export interface TrainingBlock {
  /** How the core finds texts in the bytes, see NativeOverlapIndex. */
  readonly layout: 'texts' | 'lines' | 'json_lines';
  readonly bytes: Uint8Array;
  /** [texts + 1] for `texts`, else empty but for one 0. */
  readonly offsets: Uint32Array;
  /** What stands in the file before the block and belongs to no row: a byte order mark, a header. */
  readonly before?: Uint8Array | undefined;
  /** The rows as they stand in the file; undefined where they cannot be written again. */
  readonly source: Uint8Array | undefined;
  /** Number of rows; undefined where the core counts them. */
  readonly rows: number | undefined;
  /** `rowsBefore` are those of the file's blocks before this one. */
  place(found: NativeOverlap, rowsBefore: number): RowPlace;
  /** All texts of the row that something was found in. `wanted` are the fields that were read, all when undefined. */
  rowTexts(found: NativeOverlap, wanted: readonly string[] | undefined): readonly RowText[];
}

export const NO_OFFSETS = new Uint32Array(1);
