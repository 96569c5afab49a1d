import { InputError, messageOf } from '../common/errors.js';
import type { NativeOverlaps } from '../native/addon.js';
import { callNative } from '../native/call.js';
import type { TrainingFormat } from './audit-options.js';
import type { EvaluationTexts } from './evaluation-texts.js';
import { trainingBlocks } from './open-training.js';
import type { TrainingBlock } from './training-block.js';

/** A block of a file, and what the core found in it. */
export interface MatchedBlock {
  readonly block: TrainingBlock;
  readonly found: NativeOverlaps;
  /** Rows of the file before this block, and in it. */
  readonly rowsBefore: number;
  readonly rows: number;
}

export interface MatchSettings {
  readonly format: TrainingFormat;
  readonly fields?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks for texts in a file, block by block; the core works on one while the next is read. Throws InputError
 * `file:line: ...` for what is not in the file's format.
 */
export async function* matchBlocks(
  file: string,
  texts: EvaluationTexts,
  { format, fields, signal }: MatchSettings,
): AsyncGenerator<MatchedBlock, void, void> {
  let rowsBefore = 0;
  for await (const { block, found } of inPairs(trainingBlocks(file, format, fields), texts, fields, signal)) {
    if (found.bad !== undefined) throw notJson(file, rowsBefore + found.bad.row + 1, block, found.bad);
    const rows = block.rows ?? found.rows;
    yield { block, found, rowsBefore, rows };
    rowsBefore += rows;
  }
}

async function* inPairs(
  blocks: AsyncIterable<TrainingBlock>,
  texts: EvaluationTexts,
  fields: readonly string[] = [],
  signal: AbortSignal | undefined,
): AsyncGenerator<{ block: TrainingBlock; found: NativeOverlaps }, void, void> {
  let pending: Promise<{ block: TrainingBlock; found: NativeOverlaps }> | undefined;
  for await (const block of blocks) {
    const { bytes, offsets, layout } = block;
    const next = callNative(signal, (cancellation) =>
      texts.index.match(bytes, offsets, layout, fields, cancellation),
    ).then((found) => ({ block, found }));
    next.catch(() => undefined); // seen when it is awaited
    if (pending !== undefined) yield await pending;
    pending = next;
  }
  if (pending !== undefined) yield await pending;
}

/** What JSON.parse says of a line that the core could not read. */
function notJson(
  file: string,
  line: number,
  { bytes }: TrainingBlock,
  bad: { begin: number; end: number },
): InputError {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + bad.begin, bad.end - bad.begin).toString('utf8');
  let reason = 'not JSON';
  try {
    JSON.parse(text);
  } catch (error) {
    reason = `not JSON (${messageOf(error).split('\n', 1)[0]})`;
  }
  return new InputError(`${file}:${line}: ${reason}`);
}
