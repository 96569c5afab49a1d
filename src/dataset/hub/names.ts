import { InputError } from '../../common/errors.js';

/*
 * Names that come from outside and become parts of URLs and of paths in the cache.
 */

/** `org/name` as the Hub allows it. It allows no `--`, which is what joins both in the cache. */
const DATASET_ID = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;
const COMMIT = /^[0-9a-f]{40}$/;
/** A branch, a tag or `refs/pr/1`. */
const REVISION = /^[\w+@#=][\w.+@#=-]*(\/[\w+@#=][\w.+@#=-]*)*$/;

export function isDatasetId(name: string): boolean {
  return DATASET_ID.test(name) && !/--|\.\./.test(name);
}

export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

export function checkRevision(revision: string): string {
  if (revision.length <= 200 && REVISION.test(revision) && !revision.includes('..')) return revision;
  throw new InputError(`revision must be a branch, a tag or a commit, got ${showForeign(revision)}`);
}

/**
 * Throws InputError for a path that a repository should not hold: one that leads out of a folder, or whose name a
 * terminal or a file system would read as something else. One such path says enough about who listed it.
 */
export function checkRepositoryPath(dataset: string, path: string): string {
  const bad =
    path.length > 1000 ||
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\]/u.test(path) ||
    path.split('/').some((part) => part === '' || part === '.' || part === '..' || part.length > 255);
  if (bad) throw new InputError(`${dataset}: the Hub lists a file with a name that is refused: ${showForeign(path)}`);
  return path;
}

/** A table of a Nano dataset, `{config}/{split}.parquet`. */
export interface TableName {
  readonly config: string;
  readonly split: string;
}

const SUFFIX = '.parquet';

/** Undefined for other files, also for tables whose names some file system could not hold. */
export function tableName(path: string): TableName | undefined {
  const [config, file, ...deeper] = path.split('/');
  if (config === undefined || file === undefined || deeper.length > 0 || !file.endsWith(SUFFIX)) return undefined;
  const split = file.slice(0, -SUFFIX.length);
  return [config, split].every(isPortable) ? { config, split } : undefined;
}

/** Whether a file may hold rows of a dataset, in Nano layout or in that of a full benchmark, such as BEIR's. */
export function isTableFile(path: string): boolean {
  const parts = path.split('/');
  return parts.length <= 2 && parts.every(isPortable) && /\.(?:parquet|(?:jsonl|tsv)(?:\.gz)?)$/.test(path);
}

/** Whether every file system can hold a name. */
function isPortable(name: string): boolean {
  return /^[^.<>:"|?* ]([^<>:"|?*]*[^<>:"|?*. ])?$/.test(name);
}

/** What a server sent, safe to print: in quotes, short, and what is not printable ASCII escaped. */
export function showForeign(text: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text.slice(0, 80)).replace(/[^\x20-\x7e]/g, escaped);
}
