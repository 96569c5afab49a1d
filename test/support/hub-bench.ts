import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type FetchedDataset, type FetchTasksOptions, fetchDataset } from '#src/dataset/hub/fetch-dataset.js';
import { scratch } from './collections.js';
import { HubServer, type Misbehaviour, type SeenRequest, sha256 } from './hub-server.js';

export const ID = 'org/data';
export const TOKEN = 'hf_aVerySecretToken';
export const PATIENCE = { attempts: 3, firstDelay: 5, longestDelay: 10, longestRetryAfter: 2000, silence: 1000 };

/** Bytes that no two files share. Downloads do not look into tables. */
export function bytes(length: number, seed: number): Uint8Array {
  const data = Buffer.alloc(length);
  for (let i = 0; i < length; i++) data[i] = (Math.imul(i + seed * 7919, 2654435761) >>> 13) & 255;
  return data;
}

export const FILES: ReadonlyMap<string, Uint8Array> = new Map([
  ['corpus/a.parquet', bytes(300_000, 1)],
  ['queries/a.parquet', bytes(5000, 2)],
  ['qrels/a.parquet', bytes(100, 3)],
  ['bm25/a.parquet', bytes(3000, 4)],
  ['corpus/b.parquet', bytes(2000, 5)],
  ['queries/b.parquet', bytes(1000, 6)],
  ['qrels/b.parquet', bytes(0, 7)],
  ['corpus/c.parquet', bytes(900, 8)],
]);

export interface Bench {
  readonly server: HubServer;
  readonly commit: string;
  readonly cache: string;
  fetch(options?: FetchTasksOptions): Promise<FetchedDataset>;
}

export async function bench(t: ExecutionContext, files = FILES): Promise<Bench> {
  const server = await HubServer.start();
  t.teardown(() => server.close());
  const commit = server.commit(ID, files);
  const cache = await scratch();
  const environment = { HF_ENDPOINT: `${server.endpoint}/`, HF_TOKEN: TOKEN };
  const fetch = (options: FetchTasksOptions = {}) =>
    fetchDataset(ID, { cacheFolder: cache, environment, patience: PATIENCE, ...options });
  return { server, commit, cache, fetch };
}

/** Paths of the files in a cache below the dataset's folder, with the commit cut off. */
export async function cached(cache: string): Promise<string[]> {
  const root = join(cache, 'datasets', 'org--data');
  if (!existsSync(root)) return [];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .map((path) => path.replace(/^[0-9a-f]{40}\//, ''))
    .sort();
}

/** Every table in the cache is one that the dataset has. Returns whether something incomplete is there. */
export async function checkCache(t: ExecutionContext, { cache, commit }: Bench): Promise<boolean> {
  let incomplete = false;
  for (const path of await cached(cache)) {
    if (path.endsWith('.part')) incomplete = true;
    if (!path.endsWith('.parquet')) continue;
    const content = await readFile(join(cache, 'datasets', 'org--data', commit, path));
    t.is(sha256(content), sha256(FILES.get(path)!), path);
  }
  return incomplete;
}

/** The message of the InputError that ends the work: one line, which names the dataset and no secret. */
export async function complaint(t: ExecutionContext, work: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(work, { name: 'InputError' });
  const message = error?.message ?? '';
  t.true(message.startsWith(ID), message);
  t.notRegex(message, /\n|SIGNED|hf_aVerySecretToken/);
  return message.slice(ID.length + 2);
}

export const onFile = (path: string, host: SeenRequest['host'] = 'cdn') => {
  return (request: SeenRequest) =>
    request.host === host && request.url.includes(path) && !request.url.includes('/api/');
};

/** Misbehaves on the first requests that match, once for each of `misbehaviours`. */
export function first(matches: (request: SeenRequest) => boolean, ...misbehaviours: Misbehaviour[]) {
  const left = [...misbehaviours];
  return (request: SeenRequest) => (matches(request) ? left.shift() : undefined);
}

export const always =
  (matches: (request: SeenRequest) => boolean, misbehaviour: Misbehaviour) => (request: SeenRequest) =>
    matches(request) ? misbehaviour : undefined;
