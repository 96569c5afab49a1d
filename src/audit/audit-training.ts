import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { openDataset } from '../dataset/open-dataset.js';
import type { Task } from '../dataset/task.js';
import type { NativeOverlaps } from '../native/addon.js';
import { callNative } from '../native/call.js';
import { type AuditOptions, type AuditResult, checkAuditOptions } from './audit-options.js';
import { EvaluationTexts } from './evaluation-texts.js';
import { formatOf, trainingBlocks } from './open-training.js';
import { RowWriter } from './row-writer.js';
import type { TrainingBlock } from './training-block.js';

/**
 * Looks for the queries and documents of a dataset, or of tasks that were opened already, in training files, which are
 * streamed: memory is the dataset's texts and some blocks. Throws InputError `file:line: ...` for what is not in the
 * format of its file; with `fix` no file is left then.
 */
export async function auditTraining(
  files: readonly string[],
  dataset: string | readonly Task[],
  options: AuditOptions = {},
): Promise<AuditResult> {
  checkAuditOptions(files, options);
  const inputs = files.map((file) => ({ file, format: formatOf(file, options.format) }));
  for (const { file } of inputs) await checkFile(file);
  const outputs = await fixPaths(files, options);
  const parquet = inputs.find(({ format }) => format === 'parquet');
  if (outputs !== undefined && parquet !== undefined) {
    throw new InputError(`${parquet.file}: Parquet cannot be written without rows; convert it to JSONL first`);
  }
  const tasks = typeof dataset === 'string' ? await openDataset(dataset) : dataset;
  const texts = await EvaluationTexts.load(tasks, options);
  const counts = { rows: 0, overlappingRows: 0, matches: 0 };
  const writers: RowWriter[] = [];
  try {
    for (const [i, { file, format }] of inputs.entries()) {
      const writer = outputs === undefined ? undefined : await RowWriter.create(outputs[i]!);
      if (writer !== undefined) writers.push(writer);
      const blocks = trainingBlocks(file, format, options);
      const one = await auditFile(file, blocks, texts, options, writer, counts.rows);
      counts.rows += one.rows;
      counts.overlappingRows += one.overlappingRows;
      counts.matches += one.matches;
    }
    for (const writer of writers) await writer.commit();
  } catch (error) {
    for (const writer of writers) await writer.discard();
    throw error;
  }
  return { tasks: texts.count(), ...counts, overlap: counts.overlappingRows > 0 };
}

async function auditFile(
  file: string,
  blocks: AsyncIterable<TrainingBlock>,
  texts: EvaluationTexts,
  options: AuditOptions,
  writer: RowWriter | undefined,
  rowsBefore: number,
): Promise<{ rows: number; overlappingRows: number; matches: number }> {
  const { onMatch, onProgress, short = false } = options;
  const counts = { rows: 0, overlappingRows: 0, matches: 0 };
  for await (const { block, found } of matchBlocks(blocks, texts, options)) {
    if (found.bad !== undefined) throw notJson(file, counts.rows + found.bad.row + 1, block, found.bad);
    const stretches: { begin: number; end: number }[] = [];
    for (const match of found.matches) {
      const { begin, end, ...where } = block.place(match, counts.rows);
      const { kind, similarity, excerpt } = match;
      if ((kind !== 'short' || short) && stretches.at(-1)?.begin !== begin) stretches.push({ begin, end });
      texts.mark(match.text, kind);
      await onMatch?.({ file, ...where, ...texts.owner(match.text), kind, similarity, excerpt });
    }
    if (block.before !== undefined) await writer?.write(block.before);
    if (block.source !== undefined) await writer?.writeWithout(block.source, stretches);
    counts.rows += block.rows ?? found.rows;
    counts.overlappingRows += stretches.length;
    counts.matches += found.matches.length;
    onProgress?.({ stage: 'auditing', file, done: rowsBefore + counts.rows });
  }
  return counts;
}

/** The blocks with what the core found in them; it works on one while the next is read. */
async function* matchBlocks(
  blocks: AsyncIterable<TrainingBlock>,
  texts: EvaluationTexts,
  { fields = [], signal }: AuditOptions,
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

/** Before the dataset is read, which may take long. */
async function checkFile(file: string): Promise<void> {
  try {
    if (!(await stat(file)).isFile()) throw new InputError(`${file}: not a file`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = errorCode(error) === 'ENOENT' ? 'no such file' : `cannot be read (${messageOf(error)})`;
    throw new InputError(`${file}: ${reason}`, { cause: error });
  }
}

/** Where each file goes without the rows that overlap; undefined when that is not asked for. */
async function fixPaths(files: readonly string[], { fix }: AuditOptions): Promise<string[] | undefined> {
  if (fix === undefined) return undefined;
  const isFolder = await stat(fix).then(
    (found) => found.isDirectory(),
    () => files.length > 1,
  );
  if (!isFolder && files.length > 1)
    throw new InputError(`${fix}: must be a folder, for there are ${files.length} files`);
  const paths = files.map((file) => (isFolder ? join(fix, basename(file)) : fix));
  for (const [i, path] of paths.entries()) {
    if (paths.indexOf(path) !== i) throw new InputError(`${path}: two files would be written there`);
    const same = files.find((file) => resolve(file) === resolve(path));
    if (same !== undefined) throw new InputError(`${path}: would replace the training file itself`);
    if (path.endsWith('.gz') !== files[i]!.endsWith('.gz')) {
      throw new InputError(`${path}: must end in .gz just as ${basename(files[i]!)} does`);
    }
  }
  return paths;
}
