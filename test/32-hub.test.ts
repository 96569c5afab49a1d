import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { isIntact } from '#src/dataset/hub/checksum.js';
import { endpointOf } from '#src/dataset/hub/endpoint.js';
import { fetchDataset } from '#src/dataset/hub/fetch-dataset.js';
import { FileLock } from '#src/dataset/hub/file-lock.js';
import type { DownloadProgress } from '#src/dataset/hub/hub-options.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import { scratch } from './support/collections.js';
import {
  always,
  bench,
  bytes,
  cached,
  checkCache,
  complaint,
  FILES,
  first,
  ID,
  onFile,
  PATIENCE,
  TOKEN,
} from './support/hub-bench.js';
import { sha256 } from './support/hub-server.js';

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
