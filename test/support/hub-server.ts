import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface SeenRequest {
  readonly host: 'hub' | 'cdn';
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** What to do in place of the right answer; for cuts, where the body breaks off. */
export type Misbehaviour =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | { readonly cutAfter: number }
  | { readonly hangAfter: number }
  | { readonly content: Uint8Array; readonly withoutLength?: true }
  | { readonly headers: Record<string, string> }
  | { readonly hang: true }
  | { readonly ignoreRange: true };

/** An entry of the Hub's list of files. */
export interface TreeEntry {
  type: string;
  oid?: string;
  size: number;
  path: string;
  lfs?: { oid: string; size: number; pointerSize: number };
}

interface Repository {
  readonly branches: Map<string, string>;
  readonly commits: Map<string, ReadonlyMap<string, Uint8Array>>;
}

/** Files from this size on are kept in LFS, served by the CDN, and named by their SHA-256. */
const LFS_BYTES = 700;
const PAGE = 5;

/**
 * A server that speaks as much of the Hub's protocol as a download needs, with a second one in the part of the CDN, on
 * another port and so of another origin. It misbehaves as it is told to, request by request.
 */
export class HubServer {
  readonly requests: SeenRequest[] = [];
  misbehave: (request: SeenRequest) => Misbehaviour | undefined = () => undefined;
  /** Lies about the list of files. */
  list: (entries: TreeEntry[]) => TreeEntry[] = (entries) => entries;
  readonly #repositories = new Map<string, Repository>();
  readonly #hub: Server;
  readonly #cdn: Server;

  private constructor() {
    this.#hub = createServer((request, response) => this.#serve('hub', request, response));
    this.#cdn = createServer((request, response) => this.#serve('cdn', request, response));
  }

  static async start(): Promise<HubServer> {
    const server = new HubServer();
    for (const one of [server.#hub, server.#cdn]) await once(one.listen(0, '127.0.0.1'), 'listening');
    return server;
  }

  get endpoint(): string {
    return origin(this.#hub);
  }

  get cdn(): string {
    return origin(this.#cdn);
  }

  /** Makes a commit of the files of a folder, to which `branch` points from now on. Returns the commit. */
  async commitFolder(dataset: string, folder: string, branch = 'main'): Promise<string> {
    const files = new Map<string, Uint8Array>();
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) files.set(path.slice(folder.length + 1), await readFile(path));
    }
    return this.commit(dataset, files, branch);
  }

  commit(dataset: string, files: ReadonlyMap<string, Uint8Array>, branch = 'main'): string {
    const all = new Map([
      ['README.md', Buffer.from('# A dataset\n')],
      ['metadata/x.json', Buffer.from('{}')],
      ...files,
    ]);
    const hash = createHash('sha1');
    for (const [path, content] of all) hash.update(path).update(content);
    const commit = hash.digest('hex');
    const repository = this.#repositories.get(dataset) ?? { branches: new Map(), commits: new Map() };
    repository.commits.set(commit, all);
    repository.branches.set(branch, commit);
    this.#repositories.set(dataset, repository);
    return commit;
  }

  /** The paths of files that were asked for at the CDN or sent by the Hub itself. */
  get downloads(): string[] {
    return this.requests.filter(({ url }) => /^\/(datasets|cdn)\//.test(url)).map(({ host, url }) => `${host}${url}`);
  }

  async close(): Promise<void> {
    for (const one of [this.#hub, this.#cdn]) {
      one.closeAllConnections();
      if (one.listening) await new Promise((resolve) => one.close(resolve));
    }
  }

  #serve(host: SeenRequest['host'], request: IncomingMessage, response: ServerResponse): void {
    const seen = { host, url: request.url ?? '', headers: request.headers };
    this.requests.push(seen);
    const misbehaviour = this.misbehave(seen);
    if (misbehaviour !== undefined && 'hang' in misbehaviour) return;
    if (misbehaviour !== undefined && 'status' in misbehaviour) {
      response.writeHead(misbehaviour.status, misbehaviour.headers).end(misbehaviour.body);
      return;
    }
    if (misbehaviour !== undefined && 'headers' in misbehaviour) {
      for (const [name, value] of Object.entries(misbehaviour.headers)) response.setHeader(name, value);
    }
    const url = new URL(seen.url, 'http://hub');
    const [, first, second] = url.pathname.split('/');
    if (host === 'cdn') this.#sendObject(url, seen, response, misbehaviour);
    else if (first === 'api' && second === 'datasets') this.#answerApi(url, response);
    else if (first === 'datasets') this.#resolve(url, seen, response, misbehaviour);
    else refuse(response, 404, 'EntryNotFound');
  }

  #answerApi(url: URL, response: ServerResponse): ServerResponse {
    const [org, name, question, revision = ''] = url.pathname.split('/').slice(3).map(decodeURIComponent);
    const repository = this.#repositories.get(`${org}/${name}`);
    if (repository === undefined) return refuse(response, 401, 'RepoNotFound');
    const commit = repository.branches.get(revision) ?? revision;
    const files = repository.commits.get(commit);
    if (files === undefined) return refuse(response, 404, 'RevisionNotFound');
    response.setHeader('content-type', 'application/json');
    if (question === 'revision') {
      return response.end(JSON.stringify({ id: `${org}/${name}`, sha: commit, private: false }));
    }
    const entries = this.list(treeOf(files));
    const start = Number(url.searchParams.get('cursor') ?? 0);
    if (start + PAGE < entries.length) {
      url.searchParams.set('cursor', String(start + PAGE));
      // The real Hub names itself, whatever mirror is in front of it.
      response.setHeader('link', `<https://hub.invalid${url.pathname}${url.search}>; rel="next"`);
    }
    return response.end(JSON.stringify(entries.slice(start, start + PAGE)));
  }

  #resolve(url: URL, seen: SeenRequest, response: ServerResponse, misbehaviour?: Misbehaviour): ServerResponse {
    const [org, name, , commit = '', ...path] = url.pathname.split('/').slice(2).map(decodeURIComponent);
    const content = this.#repositories.get(`${org}/${name}`)?.commits.get(commit)?.get(path.join('/'));
    if (content === undefined) return refuse(response, 404, 'EntryNotFound');
    if (!response.hasHeader('x-repo-commit')) response.setHeader('x-repo-commit', commit);
    if (content.length < LFS_BYTES) {
      response.setHeader('etag', `"${gitOid(content)}"`);
      return send(content, seen, response, misbehaviour);
    }
    const oid = sha256(content);
    response.setHeader('x-linked-etag', `"${oid}"`);
    response.setHeader('x-linked-size', String(content.length));
    return response.writeHead(302, { location: `${this.cdn}/cdn/${oid}/${path.join('/')}?signature=SIGNED` }).end();
  }

  #sendObject(url: URL, seen: SeenRequest, response: ServerResponse, misbehaviour?: Misbehaviour): ServerResponse {
    const wanted = url.pathname.split('/')[2];
    for (const { commits } of this.#repositories.values()) {
      for (const content of [...commits.values()].flatMap((files) => [...files.values()])) {
        if (sha256(content) !== wanted) continue;
        response.setHeader('etag', `"${wanted}"`);
        return send(content, seen, response, misbehaviour);
      }
    }
    return refuse(response, 404, 'EntryNotFound');
  }
}

function send(
  right: Uint8Array,
  { headers }: SeenRequest,
  response: ServerResponse,
  misbehaviour?: Misbehaviour,
): ServerResponse {
  const content = misbehaviour !== undefined && 'content' in misbehaviour ? misbehaviour.content : right;
  const ignoreRange = misbehaviour !== undefined && 'ignoreRange' in misbehaviour;
  const [, first, last] = (!ignoreRange && /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '')) || [];
  const start = Number(first ?? 0);
  if (start >= content.length && start > 0) {
    return response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  }
  const end = last ? Math.min(Number(last) + 1, content.length) : content.length;
  const body = content.subarray(start, end);
  if (first !== undefined) {
    response.statusCode = 206;
    response.setHeader('content-range', `bytes ${start}-${end - 1}/${content.length}`);
  }
  response.setHeader('accept-ranges', 'bytes');
  if (misbehaviour === undefined || !('withoutLength' in misbehaviour))
    response.setHeader('content-length', body.length);
  if (misbehaviour !== undefined && 'cutAfter' in misbehaviour) {
    response.write(body.subarray(0, misbehaviour.cutAfter), () => response.destroy());
    return response;
  }
  if (misbehaviour !== undefined && 'hangAfter' in misbehaviour) {
    response.write(body.subarray(0, misbehaviour.hangAfter));
    return response;
  }
  // A body that is written apart is sent in chunks; one that `end` is given gets a Content-Length.
  response.write(body);
  return response.end();
}

function treeOf(files: ReadonlyMap<string, Uint8Array>): TreeEntry[] {
  const folders = new Set([...files.keys()].map((path) => path.split('/').slice(0, -1).join('/')).filter(Boolean));
  return [
    ...[...folders].map((path) => ({ type: 'directory', oid: gitOid(Buffer.from(path)), size: 0, path })),
    ...[...files].map(([path, content]) => ({ type: 'file', path, size: content.length, ...identityOf(content) })),
  ];
}

function identityOf(content: Uint8Array): Pick<TreeEntry, 'oid' | 'lfs'> {
  if (content.length < LFS_BYTES) return { oid: gitOid(content) };
  const pointer = Buffer.from(`oid sha256:${sha256(content)}\nsize ${content.length}\n`);
  return { oid: gitOid(pointer), lfs: { oid: sha256(content), size: content.length, pointerSize: pointer.length } };
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function gitOid(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function refuse(response: ServerResponse, status: number, code: string): ServerResponse {
  response.writeHead(status, { 'x-error-code': code, 'content-type': 'application/json' });
  return response.end(JSON.stringify({ error: 'no' }));
}

function origin(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
