import { lstat, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { errorCode, InputError, messageOf } from '../../common/errors.js';
import { makeFolder, writeAtomic } from '../../common/write-atomic.js';
import type { HubFile } from './hub-api.js';
import { isCommit, isTableFile } from './names.js';

/*
 * What was downloaded, in folders that a person can read and that `openDataset` opens as they are:
 *
 *   CACHE/datasets/{org}--{name}/refs/{revision}             the commit that a branch or tag was at when it was asked for
 *   CACHE/datasets/{org}--{name}/{commit}/tables.json        the tables at that commit, with sizes and checksums
 *   CACHE/datasets/{org}--{name}/{commit}/{config}/{split}.parquet     or as a full benchmark has them: corpus.jsonl ...
 *
 * Files end in `.part` until they are complete and verified. Nothing is written through a symbolic link below CACHE.
 */

const listing = z.strictObject({
  schema: z.literal('tenbin-tables/2'),
  dataset: z.string(),
  commit: z.string(),
  tables: z.array(
    z.strictObject({
      path: z.string().refine((path) => isTableFile(path)),
      size: z.int().nonnegative(),
      checksum: z.string().regex(/^(sha256:[0-9a-f]{64}|git-sha1:[0-9a-f]{40})$/),
    }),
  ),
});

/** `TENBIN_CACHE`, else `tenbin` in the folder for caches that the system's conventions name. */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv): string {
  const { TENBIN_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (TENBIN_CACHE) return resolve(TENBIN_CACHE);
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'tenbin');
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'tenbin');
  return join(homedir(), '.cache', 'tenbin');
}

/** The part of the cache that holds one dataset. */
export class DatasetCache {
  readonly dataset: string;
  readonly folder: string;
  readonly #root: string;

  constructor(root: string, dataset: string) {
    this.dataset = dataset;
    this.#root = root;
    this.folder = join(root, 'datasets', dataset.replace('/', '--'));
  }

  get lockPath(): string {
    return join(this.folder, 'lock');
  }

  commitFolder(commit: string): string {
    return join(this.folder, commit);
  }

  tablePath(commit: string, path: string): string {
    return join(this.commitFolder(commit), ...path.split('/'));
  }

  async readRef(revision: string): Promise<string | undefined> {
    const commit = (await readIfPresent(this.#refPath(revision)))?.trim();
    return commit !== undefined && isCommit(commit) ? commit : undefined;
  }

  async writeRef(revision: string, commit: string): Promise<void> {
    await this.makeFolder('refs');
    await writeAtomic(this.#refPath(revision), `${commit}\n`);
  }

  /** Undefined when it is not there or was tampered with: then it is fetched anew. */
  async readTables(commit: string): Promise<readonly HubFile[] | undefined> {
    const text = await readIfPresent(join(this.commitFolder(commit), 'tables.json'));
    try {
      const { data } = listing.safeParse(JSON.parse(text ?? ''));
      return data?.dataset === this.dataset && data.commit === commit ? data.tables : undefined;
    } catch {
      return undefined;
    }
  }

  async writeTables(commit: string, tables: readonly HubFile[]): Promise<void> {
    await this.makeFolder(commit);
    const content = { schema: 'tenbin-tables/2', dataset: this.dataset, commit, tables };
    await writeAtomic(join(this.commitFolder(commit), 'tables.json'), `${JSON.stringify(content, null, 1)}\n`);
  }

  /** Makes a folder below the dataset's own, and that one first. Throws InputError where a link stands in its place. */
  async makeFolder(...below: readonly string[]): Promise<void> {
    await makeRoot(this.#root);
    let path = this.#root;
    for (const name of ['datasets', this.dataset.replace('/', '--'), ...below]) {
      path = join(path, name);
      try {
        await mkdir(path);
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw cannotWrite(path, error);
      }
      if (!(await lstat(path)).isDirectory())
        throw new InputError(`${path}: is not a folder; the cache needs one there`);
    }
  }

  #refPath(revision: string): string {
    return join(this.folder, 'refs', encodeURIComponent(revision));
  }
}

async function makeRoot(root: string): Promise<void> {
  try {
    await makeFolder(root);
  } catch (error) {
    throw cannotWrite(root, error);
  }
}

function cannotWrite(path: string, error: unknown): InputError {
  return new InputError(`${path}: cannot be written (${messageOf(error)}); TENBIN_CACHE names another folder`, {
    cause: error,
  });
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}
