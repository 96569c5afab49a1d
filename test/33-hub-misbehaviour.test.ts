import test from 'ava';
import fc from 'fast-check';
import type { DownloadProgress } from '#src/dataset/hub/hub-options.js';
import { isDatasetId, tableName } from '#src/dataset/hub/names.js';
import { retryAfterOf } from '#src/dataset/hub/retry.js';
import {
  always,
  bench,
  bytes,
  cached,
  checkCache,
  complaint,
  FILES,
  first,
  onFile,
  PATIENCE,
} from './support/hub-bench.js';
import { type Misbehaviour, type SeenRequest, sha256 } from './support/hub-server.js';

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
