import { dirname, relative } from 'node:path';
import { InputError } from '../../common/errors.js';
import { DatasetCache, defaultCacheFolder } from './cache.js';
import { isIntact } from './checksum.js';
import { downloadFile } from './download-file.js';
import { endpointOf, isOfflineByEnvironment } from './endpoint.js';
import { FileLock } from './file-lock.js';
import { HttpClient } from './http-client.js';
import { type HubFile, listFiles, resolveCommit } from './hub-api.js';
import type { DownloadProgress, HubOptions } from './hub-options.js';
import { checkRevision, isCommit, isTableFile } from './names.js';
import { chooseTasks } from './nano-tables.js';
import { PATIENCE, type Patience } from './retry.js';

/** What of a dataset lies in the cache now, complete and verified. */
export interface FetchedFiles {
  readonly dataset: string;
  readonly commit: string;
  /** Holds the files by their paths, and maybe others, fetched at other times. */
  readonly folder: string;
}

export interface FetchedDataset extends FetchedFiles {
  /** The tasks asked for, sorted, with their tables. */
  readonly tasks: ReadonlyMap<string, readonly HubFile[]>;
}

export interface FetchOptions extends HubOptions {
  readonly patience?: Patience | undefined;
  /** Default: the process's. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

export interface FetchTasksOptions extends FetchOptions {
  /** Only this task. */
  readonly task?: string | undefined;
}

const DOWNLOADS_AT_ONCE = 4;

/**
 * Sees to it that the tables of a dataset's task, or of all of its tasks, are in the cache, candidates included: these
 * are small beside the corpus. Throws InputError as `fetchFiles` does, and when there is no such task.
 */
export async function fetchDataset(
  dataset: string,
  { task, ...options }: FetchTasksOptions = {},
): Promise<FetchedDataset> {
  let tasks: FetchedDataset['tasks'] = new Map();
  const choose = (files: readonly HubFile[]) => {
    tasks = chooseTasks(dataset, files, task);
    return [...tasks.values()].flat();
  };
  const fetched = await fetchFiles(dataset, choose, options);
  return { ...fetched, tasks };
}

/**
 * Sees to it that files of a dataset are in the cache: those that `choose` picks from all that may hold rows. The network
 * is asked for nothing that is there and intact. A branch or tag stays at the commit that it was first seen at until
 * `refresh`. Throws InputError that names dataset and file, and the signal's reason.
 */
export async function fetchFiles(
  dataset: string,
  choose: (files: readonly HubFile[]) => readonly HubFile[],
  options: FetchOptions = {},
): Promise<FetchedFiles> {
  const { environment = process.env, refresh = false, onDownload, signal } = options;
  const offline = options.offline ?? isOfflineByEnvironment(environment);
  const revision = checkRevision(options.revision ?? 'main');
  if (refresh && offline) throw new InputError(`${dataset}: refresh needs the network, and offline forbids it`);
  const cache = new DatasetCache(options.cacheFolder ?? defaultCacheFolder(environment), dataset);
  const wanted = { cache, revision, choose, signal };
  if (!refresh || isCommit(revision)) {
    const { complete, lacking } = await lookIntoCache(wanted);
    if (complete !== undefined) return complete;
    if (offline)
      throw new InputError(`${dataset}: offline, and ${lacking} in ${cache.folder}: run once without offline`);
  }
  const patience = options.patience ?? PATIENCE;
  await cache.makeFolder();
  const report = (stage: string) => onDownload?.({ dataset, stage, done: 0, total: undefined });
  await using lock = await FileLock.acquire(cache.lockPath, {
    signal,
    onWait: () => report('waiting for another process'),
  });
  await using client = new HttpClient(endpointOf(environment), patience);
  const onWait = (milliseconds: number, reason: string) =>
    report(`waiting ${Math.ceil(milliseconds / 1000)} s (${reason})`);
  const retry = { patience, signal, onWait };

  const commit = await commitOf(wanted, refresh, () => resolveCommit(client, dataset, revision, retry));
  let tables = await cache.readTables(commit);
  if (tables === undefined) {
    const files = await listFiles(client, dataset, commit, retry);
    tables = files.filter(({ path }) => isTableFile(path));
    await cache.writeTables(commit, tables);
  }
  if (!isCommit(revision)) await cache.writeRef(revision, commit);

  const missing = await missingFiles(cache, commit, choose(tables), signal);
  const count = countBytes(dataset, missing, onDownload);
  await inParallel(missing, signal, async (file, signal) => {
    const target = cache.tablePath(commit, file.path);
    await cache.makeFolder(...relative(cache.folder, dirname(target)).split(/[\\/]/));
    const onBytes = (bytes: number) => count(file, bytes);
    const beforeCommit = () => lock.check();
    await downloadFile({ client, dataset, commit, file, target, retry: { ...retry, signal }, onBytes, beforeCommit });
  });
  return { dataset, commit, folder: cache.commitFolder(commit) };
}

interface Wanted {
  readonly cache: DatasetCache;
  readonly revision: string;
  readonly choose: (files: readonly HubFile[]) => readonly HubFile[];
  readonly signal: AbortSignal | undefined;
}

/** What is asked for, when no request is needed for it, else what is lacking. */
async function lookIntoCache(wanted: Wanted): Promise<{ complete?: FetchedFiles; lacking?: string }> {
  const { cache, revision, choose, signal } = wanted;
  const commit = isCommit(revision) ? revision : await cache.readRef(revision);
  const tables = commit === undefined ? undefined : await cache.readTables(commit);
  if (commit === undefined || tables === undefined) return { lacking: `revision ${revision} is not` };
  const [first, ...others] = await missingFiles(cache, commit, choose(tables), signal);
  if (first === undefined) return { complete: { dataset: cache.dataset, commit, folder: cache.commitFolder(commit) } };
  const andOthers = others.length > 0 ? ` and ${others.length} other files are` : ' is';
  return { lacking: `${first.path}${andOthers} not, or not intact,` };
}

async function commitOf({ cache, revision }: Wanted, refresh: boolean, ask: () => Promise<string>): Promise<string> {
  if (isCommit(revision)) return revision;
  return (refresh ? undefined : await cache.readRef(revision)) ?? (await ask());
}

async function missingFiles(
  cache: DatasetCache,
  commit: string,
  files: readonly HubFile[],
  signal: AbortSignal | undefined,
): Promise<HubFile[]> {
  const missing: HubFile[] = [];
  for (const file of files) {
    if (!(await isIntact(cache.tablePath(commit, file.path), file, signal))) missing.push(file);
  }
  return missing;
}

/** Adds up the bytes of downloads that go on at the same time. */
function countBytes(dataset: string, files: readonly HubFile[], onDownload: HubOptions['onDownload']) {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const there = new Map<HubFile, number>();
  let done = 0;
  return (file: HubFile, bytes: number) => {
    done += bytes - (there.get(file) ?? 0);
    there.set(file, bytes);
    const progress: DownloadProgress = { dataset, stage: 'download', done, total };
    onDownload?.(progress);
  };
}

/** Some at a time. The first that fails ends the others, and they have ended when its error is thrown. */
async function inParallel<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const queue = items.values();
  const errors: unknown[] = [];
  const worker = async () => {
    for (const item of queue) {
      if (either.aborted) return;
      try {
        await work(item, either);
      } catch (error) {
        errors.push(error);
        failed.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, worker));
  if (errors.length > 0) throw errors[0];
}
