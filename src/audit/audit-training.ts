import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { openDataset } from '../dataset/open-dataset.js';
import type { Task } from '../dataset/task.js';
import { type AuditOptions, type AuditResult, checkAuditOptions, type TrainingFormat } from './audit-options.js';
import { EvaluationTexts } from './evaluation-texts.js';
import { matchBlocks } from './match-blocks.js';
import { formatOf } from './open-training.js';
import { RowWriter } from './row-writer.js';
import { readSourceRows } from './source-rows.js';

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
  const inputs = await checkAudit(files, options);
  const tasks = typeof dataset === 'string' ? await openDataset(dataset) : dataset;
  let texts = await EvaluationTexts.load(tasks, options);
  const sources = await readSourceRows(texts, options);
  if (sources.texts.length > 0) texts = await EvaluationTexts.load(tasks, options, sources.texts);
  const counts = { rows: 0, overlappingRows: 0, matches: 0 };
  const writers: RowWriter[] = [];
  try {
    for (const { file, format, fix } of inputs) {
      const writer = fix === undefined ? undefined : await RowWriter.create(fix);
      if (writer !== undefined) writers.push(writer);
      const one = await auditFile(file, format, texts, options, writer, counts.rows);
      counts.rows += one.rows;
      counts.overlappingRows += one.overlappingRows;
      counts.matches += one.matches;
    }
    for (const writer of writers) await writer.commit();
  } catch (error) {
    for (const writer of writers) await writer.discard();
    throw error;
  }
  return { tasks: texts.count(), sources: sources.counts, ...counts, overlap: counts.overlappingRows > 0 };
}

async function auditFile(
  file: string,
  format: TrainingFormat,
  texts: EvaluationTexts,
  options: AuditOptions,
  writer: RowWriter | undefined,
  rowsBeforeFile: number,
): Promise<{ rows: number; overlappingRows: number; matches: number }> {
  const { fields, signal, onMatch, onProgress, short = false } = options;
  const counts = { rows: 0, overlappingRows: 0, matches: 0 };
  for await (const { block, found, rowsBefore, rows } of matchBlocks(file, texts, { format, fields, signal })) {
    const stretches: { begin: number; end: number }[] = [];
    for (const match of found.matches) {
      const { begin, end, ...where } = block.place(match, rowsBefore);
      const { kind, similarity, excerpt } = match;
      if ((kind !== 'short' || short) && stretches.at(-1)?.begin !== begin) stretches.push({ begin, end });
      texts.mark(match.text, kind);
      await onMatch?.({ file, ...where, ...texts.owner(match.text), kind, similarity, excerpt });
    }
    if (block.before !== undefined) await writer?.write(block.before);
    if (block.source !== undefined) await writer?.writeWithout(block.source, stretches);
    counts.rows += rows;
    counts.overlappingRows += stretches.length;
    counts.matches += found.matches.length;
    onProgress?.({ stage: 'auditing', file, done: rowsBeforeFile + counts.rows });
  }
  return counts;
}

/** A training file, and where it goes without the rows that overlap. */
interface TrainingFile {
  readonly file: string;
  readonly format: TrainingFormat;
  readonly fix: string | undefined;
}

/**
 * What can be told before the dataset is opened, which may take long. Throws InputError naming the option or the file that
 * is wrong, missing, or would be replaced.
 */
export async function checkAudit(files: readonly string[], options: AuditOptions): Promise<TrainingFile[]> {
  checkAuditOptions(files, options);
  const formats = files.map((file) => formatOf(file, options.format));
  const sources = options.sources ?? [];
  for (const source of sources) formatOf(source, undefined);
  for (const file of [...files, ...sources]) await checkFile(file);
  const outputs = await fixPaths(files, options);
  const parquet = files[formats.indexOf('parquet')];
  if (outputs !== undefined && parquet !== undefined) {
    throw new InputError(
      `${parquet}: Parquet is not written again; leave out the rows of a report with another tool (docs/audit.md)`,
    );
  }
  return files.map((file, i) => ({ file, format: formats[i]!, fix: outputs?.[i] }));
}

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
async function fixPaths(files: readonly string[], { fix, sources = [] }: AuditOptions): Promise<string[] | undefined> {
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
    refuseInput(path, files, sources);
    if (path.endsWith('.gz') !== files[i]!.endsWith('.gz')) {
      throw new InputError(`${path}: must end in .gz just as ${basename(files[i]!)} does`);
    }
  }
  return paths;
}

/** Throws InputError when what would be written at `path` would replace a file that is read. */
export function refuseInput(path: string, files: readonly string[], sources: readonly string[] = []): void {
  const isHere = (file: string) => resolve(file) === resolve(path);
  if (files.some(isHere)) throw new InputError(`${path}: would replace the training file itself`);
  if (sources.some(isHere)) throw new InputError(`${path}: would replace a file of sources`);
}
