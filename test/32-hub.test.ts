import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { isIntact } from '#src/dataset/hub/checksum.js';
import { endpointOf } from '#src/dataset/hub/endpoint.js';
import { type FetchedDataset, type FetchOptions, fetchDataset } from '#src/dataset/hub/fetch-dataset.js';
import { FileLock } from '#src/dataset/hub/file-lock.js';
import type { DownloadProgress } from '#src/dataset/hub/hub-options.js';
import { isDatasetId, tableName } from '#src/dataset/hub/names.js';
import { retryAfterOf } from '#src/dataset/hub/retry.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import { scratch } from './support/collections.js';
import { HubServer, type Misbehaviour, type SeenRequest, sha256 } from './support/hub-server.js';

const ID = 'org/data';
const TOKEN = 'hf_aVerySecretToken';
const PATIENCE = { attempts: 3, firstDelay: 5, longestDelay: 10, longestRetryAfter: 2000, silence: 1000 };

/** Bytes that no two files share. Downloads do not look into tables. */
function bytes(length: number, seed: number): Uint8Array {
  const data = Buffer.alloc(length);
  for (let i = 0; i < length; i++) data[i] = (Math.imul(i + seed * 7919, 2654435761) >>> 13) & 255;
  return data;
}

const FILES: ReadonlyMap<string, Uint8Array> = new Map([
  ['corpus/a.parquet', bytes(300_000, 1)],
  ['queries/a.parquet', bytes(5000, 2)],
  ['qrels/a.parquet', bytes(100, 3)],
  ['bm25/a.parquet', bytes(3000, 4)],
  ['corpus/b.parquet', bytes(2000, 5)],
  ['queries/b.parquet', bytes(1000, 6)],
  ['qrels/b.parquet', bytes(0, 7)],
  ['corpus/c.parquet', bytes(900, 8)],
]);

interface Bench {
  readonly server: HubServer;
  readonly commit: string;
  readonly cache: string;
  fetch(options?: FetchOptions): Promise<FetchedDataset>;
}

async function bench(t: ExecutionContext, files = FILES): Promise<Bench> {
  const server = await HubServer.start();
  t.teardown(() => server.close());
  const commit = server.commit(ID, files);
  const cache = await scratch();
  const environment = { HF_ENDPOINT: `${server.endpoint}/`, HF_TOKEN: TOKEN };
  const fetch = (options: FetchOptions = {}) =>
    fetchDataset(ID, { cacheFolder: cache, environment, patience: PATIENCE, ...options });
  return { server, commit, cache, fetch };
}

/** Paths of the files in a cache below the dataset's folder, with the commit cut off. */
async function cached(cache: string): Promise<string[]> {
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
async function checkCache(t: ExecutionContext, { cache, commit }: Bench): Promise<boolean> {
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
async function complaint(t: ExecutionContext, work: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(work, { name: 'InputError' });
  const message = error?.message ?? '';
  t.true(message.startsWith(ID), message);
  t.notRegex(message, /\n|SIGNED|hf_aVerySecretToken/);
  return message.slice(ID.length + 2);
}

const onFile = (path: string, host: SeenRequest['host'] = 'cdn') => {
  return (request: SeenRequest) =>
    request.host === host && request.url.includes(path) && !request.url.includes('/api/');
};

/** Misbehaves on the first requests that match, once for each of `misbehaviours`. */
function first(matches: (request: SeenRequest) => boolean, ...misbehaviours: Misbehaviour[]) {
  const left = [...misbehaviours];
  return (request: SeenRequest) => (matches(request) ? left.shift() : undefined);
}

const always = (matches: (request: SeenRequest) => boolean, misbehaviour: Misbehaviour) => (request: SeenRequest) =>
  matches(request) ? misbehaviour : undefined;

test("a task's tables are downloaded once, and candidates with them", async (t) => {
  const at = await bench(t);
  const { server, cache, commit, fetch } = at;
  const progress: DownloadProgress[] = [];
  const fetched = await fetch({ task: 'a', onDownload: (now) => progress.push(now) });
  t.is(fetched.commit, commit);
  t.is(fetched.folder, join(cache, 'datasets', 'org--data', commit));
  const paths = ['bm25/a.parquet', 'corpus/a.parquet', 'qrels/a.parquet', 'queries/a.parquet'];
  t.deepEqual(await cached(cache), [...paths, 'refs/main', 'tables.json']);
  await checkCache(t, at);
  t.deepEqual([...fetched.tasks.keys()], ['a']);
  t.like(
    fetched.tasks.get('a')?.find(({ path }) => path === 'corpus/a.parquet'),
    { size: 300_000, checksum: `sha256:${sha256(FILES.get('corpus/a.parquet')!)}` },
  );
  t.deepEqual(progress.at(-1), { dataset: ID, stage: 'download', done: 308_100, total: 308_100 });
  t.is(server.downloads.length, 4 + 3);

  const seen = server.requests.length;
  t.deepEqual(await fetch({ task: 'a' }), fetched);
  t.deepEqual(await fetch({ task: 'a', revision: commit }), fetched);
  t.is(server.requests.length, seen);

  t.deepEqual([...(await fetch()).tasks.keys()], ['a', 'b']);
  t.is(server.downloads.length, 4 + 3 + 2 + 2); // an empty file needs no request
  t.false((await cached(cache)).includes('corpus/c.parquet'));
  t.is(server.requests.filter(({ url }) => url.includes('/api/')).length, 4); // a revision, and a list of three pages
});

test('with the server dead, what is in the cache opens, and what is not is told', async (t) => {
  const { server, cache, fetch } = await bench(t);
  t.regex(
    await complaint(t, fetch({ offline: true })),
    /^offline, and revision main is not in .*org--data: run once without offline$/,
  );
  const fetched = await fetch({ task: 'b' });
  await server.close();
  t.deepEqual(await fetch({ task: 'b', offline: true }), fetched);
  t.deepEqual(await fetch({ task: 'b' }), fetched);
  t.regex(
    await complaint(t, fetch({ offline: true })),
    /^offline, and \S+\/a\.parquet and 3 other files are not, or not/,
  );
  const environment = { HF_HUB_OFFLINE: '1' };
  t.regex(await complaint(t, fetch({ task: 'a', environment })), /^offline, and /);
  t.regex(await complaint(t, fetch({ task: 'a' })), /^\S+: .*ECONNREFUSED.* \(given up after 3 attempts\)$/);
  t.regex(await complaint(t, fetch({ revision: 'dev' })), /ECONNREFUSED/);
  t.regex(await complaint(t, fetch({ offline: true, refresh: true })), /^refresh needs the network, and offline/);
  t.false((await cached(cache)).some((path) => path.startsWith('lock')));
});

test('a branch stays at its commit until refresh, and a commit is a commit', async (t) => {
  const { server, commit, fetch } = await bench(t);
  await fetch({ task: 'b' });
  const later = server.commit(ID, new Map([...FILES, ['corpus/b.parquet', bytes(1234, 9)]]));
  t.is((await fetch({ task: 'b' })).commit, commit);
  t.is((await fetch({ task: 'b', revision: later })).commit, later);
  t.is((await fetch({ task: 'b' })).commit, commit);
  t.is((await fetch({ task: 'b', refresh: true })).commit, later);
  t.is((await fetch({ task: 'b' })).commit, later);
  t.is((await fetch({ task: 'b', revision: commit, offline: true })).commit, commit);
  server.commit(ID, FILES, 'refs/pr/1');
  t.is((await fetch({ task: 'b', revision: 'refs/pr/1' })).commit, commit);
  for (const revision of ['', '..', '../x', 'a/../b', 'a//b', '/a', 'a b', 'a\n', '-x', 'a'.repeat(201)]) {
    await t.throwsAsync(fetch({ revision }), { name: 'InputError', message: /^revision must be a branch, a tag or/ });
  }
});

test('the token goes to the Hub alone', async (t) => {
  const { server, fetch } = await bench(t);
  server.misbehave = first(onFile('bm25/a.parquet', 'hub'), {
    status: 307,
    headers: { location: `${server.endpoint.replace('127.0.0.1', 'localhost')}/elsewhere` },
  });
  await complaint(t, fetch({ task: 'a', patience: { ...PATIENCE, attempts: 1 } }));
  server.misbehave = () => undefined;
  await fetch({ task: 'a' });
  const strangers = server.requests.filter(
    ({ host, headers }) => host === 'cdn' || headers.host?.startsWith('localhost'),
  );
  t.true(strangers.some(({ url }) => url === '/elsewhere'));
  t.true(strangers.some(({ host }) => host === 'cdn'));
  for (const { url, headers } of strangers) t.is(headers.authorization, undefined, url);
  for (const request of server.requests) {
    if (!strangers.includes(request)) t.is(request.headers.authorization, `Bearer ${TOKEN}`, request.url);
    t.false(request.url.includes(TOKEN));
  }
});

test('a download that breaks off goes on where it was', async (t) => {
  const at = await bench(t);
  const corpus = onFile('corpus/a.parquet');
  at.server.misbehave = first(corpus, { cutAfter: 100_000 }, { cutAfter: 70_000 }, { status: 502 }, { status: 500 });
  await at.fetch({ task: 'a', patience: { ...PATIENCE, attempts: 5 } });
  t.false(await checkCache(t, at));
  const ranges = at.server.requests.filter(corpus).map(({ headers }) => headers.range);
  t.is(ranges.length, 5);
  t.is(ranges[0], undefined);
  const starts = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]));
  t.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
  );
  t.true(starts[0]! > 0 && starts[1]! > starts[0]! && starts[3] === starts[1], `${ranges}`);
});

test('a download goes on in another run, over what a server without ranges sends too', async (t) => {
  const at = await bench(t);
  const corpus = onFile('corpus/a.parquet');
  at.server.misbehave = always(corpus, { cutAfter: 50_000 });
  t.regex(
    await complaint(t, at.fetch({ task: 'a', patience: { ...PATIENCE, attempts: 1 } })),
    /^corpus\/a\.parquet: .*given up after 1 attempts/,
  );
  t.true(await checkCache(t, at));
  at.server.misbehave = first(corpus, { ignoreRange: true });
  await at.fetch({ task: 'a' });
  t.false(await checkCache(t, at));
  t.regex(at.server.requests.filter(corpus).at(-1)?.headers.range ?? '', /^bytes=[1-9]\d*-$/);
});

test('a server without ranges that always breaks off is given up', async (t) => {
  const { server, fetch } = await bench(t);
  const corpus = onFile('corpus/a.parquet');
  server.misbehave = (request) =>
    corpus(request) ? { content: FILES.get('corpus/a.parquet')!.subarray(0, 200_000) } : undefined;
  t.regex(
    await complaint(t, fetch({ task: 'a' })),
    /^corpus\/a\.parquet: is 200000 bytes long, and the Hub lists 300000$/,
  );
  t.is(server.requests.filter(corpus).length, 2);
});

test('bytes that are not those listed are told and never kept, and once is forgiven', async (t) => {
  const wrong = bytes(300_000, 99);
  const small = bytes(100, 98);
  for (const [path, host, content, message] of [
    ['corpus/a.parquet', 'cdn', wrong, `has sha256:${sha256(wrong)}, and the Hub lists sha256:`],
    ['corpus/a.parquet', 'cdn', wrong.subarray(1), 'is 299999 bytes long, and the Hub lists 300000'],
    ['corpus/a.parquet', 'cdn', bytes(300_001, 1), 'is 300001 bytes long, and the Hub lists 300000'],
    ['corpus/a.parquet', 'cdn', bytes(9_000_000, 1), 'is longer than the 300000 bytes that the Hub lists'],
    ['qrels/a.parquet', 'hub', small, 'has git-sha1:'],
  ] as const) {
    const at = await bench(t);
    const withoutLength = content.length > 1_000_000 ? { withoutLength: true as const } : {};
    at.server.misbehave = always(onFile(path, host), { content, ...withoutLength });
    const said = await complaint(t, at.fetch({ task: 'a' }));
    t.true(said.startsWith(`${path}: ${message}`), said);
    await checkCache(t, at);
    const kept = await cached(at.cache);
    t.false(kept.includes(path) || kept.includes(`${path}.part`), `${kept}`);
    at.server.misbehave = first(onFile(path, host), { content });
    await at.fetch({ task: 'a' });
    t.false(await checkCache(t, at));
  }
});

test('a list of files that lies about size or checksum ends in an error', async (t) => {
  for (const lie of [{ size: 299_999 }, { size: 300_001 }, { oid: 'f'.repeat(64) }]) {
    const { server, cache, fetch } = await bench(t);
    server.list = (entries) =>
      entries.map((entry) =>
        entry.path === 'corpus/a.parquet' ? { ...entry, lfs: { ...entry.lfs!, ...lie } } : entry,
      );
    t.regex(await complaint(t, fetch({ task: 'a' })), /^corpus\/a\.parquet: .*the Hub lists/);
    t.false((await cached(cache)).some((path) => path.startsWith('corpus/')));
  }
});

test('a file in the cache that was changed is fetched anew, and offline it is told', async (t) => {
  const at = await bench(t);
  const { folder } = await at.fetch({ task: 'a' });
  const path = join(folder, 'corpus', 'a.parquet');
  const content = await readFile(path);
  content[1234]! ^= 1;
  await writeFile(path, content);
  t.regex(
    await complaint(t, at.fetch({ task: 'a', offline: true })),
    /^offline, and corpus\/a\.parquet is not, or not intact/,
  );
  await at.fetch({ task: 'a' });
  await checkCache(t, at);
  await writeFile(join(folder, 'tables.json'), '{"tables":[{"path":"../../x"}]}');
  await at.fetch({ task: 'a' });
  t.true(
    await isIntact(
      path,
      { path: '', size: 300_000, checksum: `sha256:${sha256(FILES.get('corpus/a.parquet')!)}` },
      undefined,
    ),
  );
});

test('a busy server is waited for as long as it asks, but not for ever', async (t) => {
  const { server, fetch } = await bench(t);
  const stages = new Set<string>();
  const busy = (seconds: string): Misbehaviour => ({ status: 429, headers: { 'retry-after': seconds } });
  server.misbehave = first((request) => request.url.includes('/tree/'), busy('1'), { status: 503 });
  await fetch({ task: 'b', onDownload: ({ stage }) => stages.add(stage) });
  t.true(
    [...stages].some((stage) => /^waiting 1 s \(127\.0\.0\.1:\d+ answers 429\)$/.test(stage)),
    [...stages].join(),
  );
  server.misbehave = always(() => true, busy('3600'));
  t.regex(await complaint(t, fetch()), /answers 429; it asks to wait 3600 s: try again then$/);
  server.misbehave = always(() => true, { status: 500 });
  t.regex(await complaint(t, fetch()), /answers 500 \(given up after 3 attempts\)$/);

  const controller = new AbortController();
  server.misbehave = always(() => true, busy('2'));
  const reason = new Error('stop');
  const onDownload = () => controller.abort(reason);
  t.is(await t.throwsAsync(fetch({ onDownload, signal: controller.signal })), reason);
  t.is(retryAfterOf('Wed, 21 Oct 2015 07:28:10 GMT', Date.UTC(2015, 9, 21, 7, 28)), 10_000);
  t.is(retryAfterOf('soon'), undefined);
});

test('a server that falls silent is left, and an abort ends a download', async (t) => {
  const { server, cache, fetch } = await bench(t);
  const corpus = onFile('corpus/a.parquet');
  server.misbehave = first((request) => request.url.includes('/revision/'), { hang: true });
  await fetch({ task: 'b' });
  server.misbehave = first(corpus, { hangAfter: 80_000 });
  await fetch({ task: 'a' });
  t.regex(server.requests.filter(corpus).at(-1)?.headers.range ?? '', /^bytes=[1-9]/);

  const other = await bench(t);
  other.server.misbehave = always(corpus, { hangAfter: 80_000 });
  const controller = new AbortController();
  const reason = new Error('stop');
  const onDownload = ({ done }: DownloadProgress) => {
    if (done > 60_000) controller.abort(reason);
  };
  const patience = { ...PATIENCE, silence: 60_000 };
  t.is(await t.throwsAsync(other.fetch({ task: 'a', patience, onDownload, signal: controller.signal })), reason);
  t.true(await checkCache(t, other));
  for (const folder of [cache, other.cache]) t.false((await cached(folder)).includes('lock'));
});

test('redirects end, and lead to nothing but HTTP', async (t) => {
  const { server, fetch } = await bench(t);
  const redirect = (location: string): Misbehaviour => ({ status: 302, headers: { location } });
  server.misbehave = always(() => true, redirect('/again'));
  t.regex(await complaint(t, fetch()), /^more than 5 redirects$/);
  for (const location of ['file:///etc/passwd', 'data:text/plain,x', 'http://']) {
    server.misbehave = always(() => true, redirect(location));
    t.regex(await complaint(t, fetch()), /redirects to what is not https or http$/);
  }
});

test('a name that leads out of the cache, or is none, is refused with the whole list', async (t) => {
  for (const path of [
    '../x.parquet',
    'corpus/../../../x.parquet',
    '/etc/x.parquet',
    'corpus//x.parquet',
    'corpus/./x.parquet',
    'corpus\\..\\x.parquet',
    'corpus/x\n.parquet',
    'corpus/x\u001b[2J.parquet',
    'corpus/x\u202e.parquet',
    'corpus/x\0.parquet',
    '..',
    '',
  ]) {
    const { server, cache, fetch } = await bench(t);
    server.list = ([...entries]) => [...entries, { ...entries.at(-1)!, path }];
    const message = await complaint(t, fetch({ task: 'a' }));
    t.regex(message, /^the Hub lists a file with a name that is refused: "[\x20-\x7e]*"$/);
    t.deepEqual(await cached(cache), []);
  }
  t.deepEqual(tableName('bm25/Nano MLDR (de).parquet'), { config: 'bm25', split: 'Nano MLDR (de)' });
  for (const path of [
    'corpus/C:x.parquet',
    '.git/x.parquet',
    'corpus/.parquet',
    'corpus/x .parquet',
    'a/b/c.parquet',
    'x',
  ]) {
    t.is(tableName(path), undefined, path);
  }
  t.true(isDatasetId('hakari-bench/NanoMMTEB-v2'));
  for (const id of [
    'a',
    'a/b/c',
    '../b',
    'a/..',
    'a/b..c',
    'a--b/c',
    '/b',
    'a/',
    'a/b\n',
    './x',
    '~/x',
    'a b/c',
    '.a/b',
  ]) {
    t.false(isDatasetId(id), id);
  }
});

test('a list of files that is none, or has no end, is told', async (t) => {
  const tree = (request: SeenRequest) => request.url.includes('/tree/');
  for (const [misbehaviour, message] of [
    [{ status: 200, body: '{"not":"a list"}' }, /^the Hub's list of files is not one$/],
    [{ status: 200, body: '<html>' }, /^an answer that is not JSON \(given up after 3 attempts\)$/],
    [{ status: 200, body: '[]', headers: { link: '<?cursor=1>; rel="next"' } }, /^the Hub's list of files has no end$/],
    [{ status: 200, body: '[]', headers: { link: '<?page=2>; rel="next"' } }, /^the Hub's list of files has no end$/],
    [{ status: 200, body: '[]' }, /^not in Nano layout/],
    [{ status: 200, body: '[{"type":"file","path":"x","size":1}]' }, /^x: the Hub lists it without size or checksum$/],
  ] as const) {
    const { server, fetch } = await bench(t);
    server.misbehave = always(tree, misbehaviour);
    t.regex(await complaint(t, fetch()), message);
  }
  const { server, fetch } = await bench(t);
  server.misbehave = always((request) => request.url.includes('/revision/'), { status: 200, body: '{"sha":"../x"}' });
  t.is(await complaint(t, fetch()), 'the Hub names no commit for revision main');
  server.misbehave = () => undefined;
  server.list = (entries) => [...entries, entries.at(-1)!];
  t.regex(await complaint(t, fetch()), /: the Hub lists it twice$/);
});

test('what the Hub does not have or does not show is told', async (t) => {
  const { server, commit, fetch } = await bench(t);
  t.is(await complaint(t, fetch({ revision: 'v9' })), 'the Hub has no revision v9');
  t.is(await complaint(t, fetch({ revision: 'f'.repeat(40) })), `the Hub has no revision ${'f'.repeat(40)}`);
  t.is(await complaint(t, fetch({ task: 'z' })), 'no task "z"; tasks are a, b');
  t.is(await complaint(t, fetch({ task: 'c' })), 'queries/c.parquet: no such file; tasks are a, b');
  server.misbehave = always(onFile('/resolve/', 'hub'), { status: 403, headers: { 'x-error-code': 'GatedRepo' } });
  t.regex(await complaint(t, fetch({ task: 'b' })), /b\.parquet: its owner wants its terms accepted/);
  server.misbehave = always(onFile('/resolve/', 'hub'), { status: 404, headers: { 'x-error-code': 'EntryNotFound' } });
  t.regex(await complaint(t, fetch({ task: 'b' })), /b\.parquet: the Hub lists it, but .* answers 404 EntryNotFound$/);
  server.misbehave = always(onFile('/resolve/', 'hub'), { headers: { 'x-repo-commit': 'e'.repeat(40) } });
  t.regex(await complaint(t, fetch({ task: 'b' })), new RegExp(`answers with commit "e{40}" in place of ${commit}$`));
  server.misbehave = always(onFile('queries/b', 'cdn'), { headers: { 'content-encoding': 'gzip' } });
  t.regex(await complaint(t, fetch({ task: 'b' })), /^queries\/b\.parquet: comes in the encoding "gzip", unasked$/);

  const environment = { HF_ENDPOINT: server.endpoint };
  const options = { environment, cacheFolder: await scratch(), patience: PATIENCE };
  await t.throwsAsync(fetchDataset('org/nothing', options), {
    name: 'InputError',
    message:
      'org/nothing: no such folder, and the Hub shows no dataset of that name (401); a private one needs HF_TOKEN',
  });
});

test('HF_ENDPOINT and HF_TOKEN are checked, and a token is never shown', (t) => {
  t.like(endpointOf({}), { base: 'https://huggingface.co', origin: 'https://huggingface.co', token: undefined });
  t.like(endpointOf({ HF_ENDPOINT: 'http://mirror/hub/', HF_TOKEN: ' x\n' }), {
    base: 'http://mirror/hub',
    token: 'x',
  });
  for (const HF_ENDPOINT of ['mirror', 'ftp://mirror', 'http://user:secret@mirror', 'http://mirror/?secret']) {
    t.notRegex(t.throws(() => endpointOf({ HF_ENDPOINT }), { name: 'InputError' })!.message, /secret/);
  }
  for (const HTTPS_PROXY of ['user:secret@', 'http://user:secret@:x']) {
    t.is(t.throws(() => endpointOf({ HTTPS_PROXY }))?.message, 'HTTPS_PROXY must be a URL such as http://proxy:3128');
  }
  t.is(t.throws(() => endpointOf({ HF_TOKEN: 'sec\nret' }))?.message, 'HF_TOKEN holds a character that no token has');
});

test('nothing is written through a link in the cache', async (t) => {
  for (const link of [
    'datasets',
    'datasets/org--data',
    'datasets/org--data/COMMIT',
    'datasets/org--data/COMMIT/corpus',
  ]) {
    const { cache, commit, fetch } = await bench(t);
    const outside = await scratch();
    const path = join(cache, link.replace('COMMIT', commit));
    await mkdir(join(path, '..'), { recursive: true });
    await symlink(outside, path);
    await t.throwsAsync(fetch({ task: 'a' }), {
      name: 'InputError',
      message: /is not a folder; the cache needs one there$/,
    });
    t.deepEqual(await readdir(outside), [], link);
  }
  const { cache, commit, fetch } = await bench(t);
  const outside = join(await scratch(), 'file');
  await writeFile(outside, 'mine');
  const folder = join(cache, 'datasets', 'org--data', commit, 'corpus');
  await mkdir(folder, { recursive: true });
  await symlink(outside, join(folder, 'a.parquet'));
  await symlink(outside, join(folder, 'b.parquet.part'));
  await t.throwsAsync(fetch(), { name: 'InputError', message: /corpus\/b\.parquet: .*cannot be written/ });
  await fetch({ task: 'a' });
  t.is(await readFile(outside, 'utf8'), 'mine');
});

test('a lock is held by one at a time, and a dead or silent owner loses it', async (t) => {
  const path = join(await scratch(), 'lock');
  const order: string[] = [];
  const hold = async (name: string) => {
    await using lock = await FileLock.acquire(path);
    order.push(`${name} in`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await lock.check();
    order.push(`${name} out`);
  };
  await Promise.all(['a', 'b', 'c', 'd'].map(hold));
  for (let i = 0; i < order.length; i += 2) t.is(order[i + 1], order[i]!.replace('in', 'out'));
  t.false(existsSync(path));

  const live = await FileLock.acquire(path, { heartbeat: 20 });
  const controller = new AbortController();
  let waits = 0;
  const onWait = () => {
    waits++;
    setTimeout(() => controller.abort(new Error('stop')), 400);
  };
  const waiting = FileLock.acquire(path, { silence: 300, signal: controller.signal, onWait });
  await t.throwsAsync(waiting, { message: 'stop' });
  t.is(waits, 1);
  await live.check();
  await writeFile(path, '999999999\nelsewhere\nx\n'); // an owner on another machine, silent from now on
  await t.throwsAsync(live.check(), { name: 'InputError', message: /another process took over/ });
  await live[Symbol.asyncDispose]();
  t.true(existsSync(path));
  await using taken = await FileLock.acquire(path, { silence: 100 });
  await taken.check();
});

test('several at once download once', async (t) => {
  const at = await bench(t);
  const all = await Promise.all([1, 2, 3, 4].map(() => at.fetch()));
  for (const one of all) t.deepEqual(one, all[0]);
  t.is(at.server.downloads.length, new Set(at.server.downloads).size);
  await checkCache(t, at);
});

test('however a server misbehaves, the outcome is the right files or an error, and no bad file', async (t) => {
  const misbehaviour = fc.oneof(
    fc.record({ status: fc.constantFrom(400, 403, 404, 408, 416, 429, 500, 502, 301) }),
    fc.record({ cutAfter: fc.nat(300_000) }),
    fc.record({ content: fc.uint8Array({ maxLength: 400 }) }),
    fc.constant({ content: bytes(300_000, 77) }),
    fc.constant({ ignoreRange: true as const }),
    fc.constant(undefined),
  );
  let right = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(misbehaviour, { minLength: 1, maxLength: 12 }), async (plan) => {
      const at = await bench(t);
      const left = [...plan];
      at.server.misbehave = () => left.shift();
      for (let run = 0; run < 2; run++) {
        try {
          await at.fetch({ task: 'a' });
          right++;
          t.false(await checkCache(t, at));
        } catch (error) {
          t.is((error as Error).name, 'InputError', String(error));
          await checkCache(t, at);
        }
      }
      at.server.misbehave = () => undefined;
      await at.fetch({ task: 'a' });
      t.false(await checkCache(t, at));
      await at.server.close();
    }),
    { numRuns: 25 },
  );
  t.true(right > 0);
});

test('openDataset prefers a folder, and says what a name is not', async (t) => {
  const folder = await scratch();
  await mkdir(join(folder, 'corpus'));
  await t.throwsAsync(openDataset(folder, { revision: 'main' }), {
    message: /: a folder here, which has no revisions$/,
  });
  for (const name of ['nowhere', './org/data', 'a/b/c/covid', 'a/b/c', join(folder, 'nowhere')]) {
    await t.throwsAsync(openDataset(name), { message: `${name}: no such folder, and no group of that name is known` });
  }
  await t.throwsAsync(openDataset('no/such', { offline: true, cacheFolder: folder }), {
    name: 'InputError',
    message: /^no\/such: offline, and revision main is not in /,
  });
});

test('a group, a collection, a task of either, and a short name are what the registry says they are', async (t) => {
  const { server, cache } = await bench(t);
  const files = (...tasks: string[]) =>
    new Map(
      tasks.flatMap((task, i) =>
        ['corpus', 'queries', 'qrels'].map((name) => [`${name}/${task}.parquet`, bytes(9, i)]),
      ),
    );
  const languages = ['en', 'ar', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'no', 'pt', 'sr', 'sv', 'th', 'vi'];
  for (const language of languages) server.commit(`hakari-bench/NanoBEIR-${language}`, files('NanoNQ', 'NanoSciFact'));
  server.commit('hakari-bench/NanoMMTEB-v2', files('covid', 'miracl'));
  process.env.HF_ENDPOINT = server.endpoint; // no other test of this file reads it
  const open = async (name: string, task?: string) =>
    (await openDataset(name, { task, cacheFolder: cache })).map(
      ({ group, name, known }) => `${group} ${name}${known ? '' : ' unknown'}`,
    );
  t.deepEqual(await open('NanoMMTEB-v2/covid'), ['NanoMMTEB-v2 covid']);
  t.deepEqual(await open('hakari-bench/nanommteb-V2'), ['NanoMMTEB-v2 covid', 'NanoMMTEB-v2 miracl']);
  t.deepEqual(await open('NanoBEIR-de', 'scifact'), ['NanoBEIR-de NanoSciFact']);
  t.deepEqual(
    await open('mnanobeir', 'nq'),
    languages.map((language) => `NanoBEIR-${language} NanoNQ`),
  );
  t.is((await open('MNanoBEIR')).length, 28);
  t.deepEqual(await open(ID, 'b'), ['org--data b unknown']);
  t.deepEqual(await open('NanoMMTEB-v2/covid', 'covid'), ['NanoMMTEB-v2 covid']);
});
