import { z } from 'zod';
import { InputError } from '../../common/errors.js';
import { type HttpClient, Refusal } from './http-client.js';
import { checkRepositoryPath, isCommit } from './names.js';
import { persist, type RetryOptions } from './retry.js';

/*
 * The three requests of the Hub's HTTP API that a download needs. The package @huggingface/hub would make the first two
 * for us, and no more than that: its downloads can be neither resumed nor checked, and leave redirects to fetch.
 */

/** A file at one commit. */
export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** `sha256:<hex>` of a large file's bytes, `git-sha1:<hex>` of a small one's as a git blob. */
  readonly checksum: string;
}

const PAGES_AT_MOST = 1000;

const revisionAnswer = z.object({ sha: z.string() });
const treeAnswer = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.int().nonnegative().optional(),
    oid: z.string().optional(),
    lfs: z.object({ oid: z.string(), size: z.int().nonnegative() }).optional(),
  }),
);

/** The commit that a branch or tag is at now. */
export async function resolveCommit(
  client: HttpClient,
  dataset: string,
  revision: string,
  retry: RetryOptions,
): Promise<string> {
  const url = `${client.endpoint.base}/api/datasets/${dataset}/revision/${encodeURIComponent(revision)}`;
  const { value } = await ask(client, dataset, revision, url, retry);
  const { data } = revisionAnswer.safeParse(value);
  if (data === undefined || !isCommit(data.sha)) {
    throw new InputError(`${dataset}: the Hub names no commit for revision ${revision}`);
  }
  return data.sha;
}

/** All files at a commit. */
export async function listFiles(
  client: HttpClient,
  dataset: string,
  commit: string,
  retry: RetryOptions,
): Promise<HubFile[]> {
  const first = new URL(`${client.endpoint.base}/api/datasets/${dataset}/tree/${commit}?recursive=true`);
  const files = new Map<string, HubFile>();
  const cursors = new Set<string>();
  for (let url: URL | undefined = first; url !== undefined; ) {
    const { value, next } = await ask(client, dataset, commit, url.href, retry);
    const { data } = treeAnswer.safeParse(value);
    if (data === undefined) throw new InputError(`${dataset}: the Hub's list of files is not one`);
    for (const entry of data) {
      const path = checkRepositoryPath(dataset, entry.path);
      if (entry.type !== 'file') continue;
      const checksum = checksumOf(entry);
      const size = entry.lfs?.size ?? entry.size;
      if (checksum === undefined || size === undefined) {
        throw new InputError(`${dataset}: ${path}: the Hub lists it without size or checksum`);
      }
      if (files.has(path)) throw new InputError(`${dataset}: ${path}: the Hub lists it twice`);
      files.set(path, { path, size, checksum });
    }
    url = undefined;
    if (next === undefined) break;
    // Only the cursor is taken from the link, so that it leads to no other server.
    const cursor = URL.canParse(next, first) ? new URL(next, first).searchParams.get('cursor') : null;
    if (cursor === null || cursors.has(cursor) || cursors.size === PAGES_AT_MOST) {
      throw new InputError(`${dataset}: the Hub's list of files has no end`);
    }
    cursors.add(cursor);
    url = new URL(first);
    url.searchParams.set('cursor', cursor);
  }
  return [...files.values()];
}

export function fileUrl({ endpoint }: HttpClient, dataset: string, commit: string, path: string): string {
  return `${endpoint.base}/datasets/${dataset}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** What it means for somebody who asked for a dataset that it, its revision or its list of files is refused. */
function explainRefusal({ endpoint }: HttpClient, dataset: string, revision: string, refusal: Refusal): InputError {
  const { status, code, message } = refusal;
  const because = (reason: string) => new InputError(`${dataset}: ${reason}`, { cause: refusal });
  if (code === 'RevisionNotFound') return because(`the Hub has no revision ${revision}`);
  if (code === 'GatedRepo') return because(GATED);
  if (![401, 403, 404].includes(status)) return because(message);
  const advice = endpoint.token === undefined ? 'a private one needs HF_TOKEN' : 'or not to the owner of HF_TOKEN';
  return because(`no such folder, and the Hub shows no dataset of that name (${status}); ${advice}`);
}

export const GATED = "its owner wants its terms accepted on the Hub's page of it first; then set HF_TOKEN";

async function ask(client: HttpClient, dataset: string, revision: string, url: string, retry: RetryOptions) {
  return persist(dataset, retry, async () => {
    try {
      return await client.getJson(url, retry.signal);
    } catch (error) {
      if (error instanceof Refusal) throw explainRefusal(client, dataset, revision, error);
      if (error instanceof InputError) throw new InputError(`${dataset}: ${error.message}`, { cause: error });
      throw error;
    }
  });
}

function checksumOf({ oid, lfs }: z.infer<typeof treeAnswer>[number]): string | undefined {
  const sha256 = lfs?.oid.replace(/^sha256:/, '');
  if (sha256 !== undefined) return /^[0-9a-f]{64}$/.test(sha256) ? `sha256:${sha256}` : undefined;
  return oid !== undefined && /^[0-9a-f]{40}$/.test(oid) ? `git-sha1:${oid}` : undefined;
}
