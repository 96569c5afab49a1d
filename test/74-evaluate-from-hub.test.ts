import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { readResult } from '#src/results/task-result.js';
import { collection, scratch } from './support/collections.js';
import { HubServer, sha256 } from './support/hub-server.js';
import { tenbin } from './support/tenbin.js';

const ID = 'hakari-bench/NanoMMTEB-v2';

/** A Hub that has two toy tasks under the name of the real group. */
async function toyHub(t: ExecutionContext) {
  const server = await HubServer.start();
  t.teardown(() => server.close());
  const folder = await scratch();
  for (const task of ['ailastatutes', 'covid']) {
    const words = ['statute', 'court', 'mask', 'vaccine', 'appeal', 'virus'];
    const text = (i: number) => `${words[i % 6]} ${words[(i * 5 + 1) % 6]} ${task} number ${i}`;
    const corpus = Array.from({ length: 200 }, (_, i) => ({ id: `d${i}`, text: text(i) }));
    const queries = Array.from({ length: 5 }, (_, i) => ({ id: `q${i}`, text: text(i * 7) }));
    const qrels = new Map(queries.map(({ id }, i) => [id, new Map([[`d${i * 7}`, 1]])]));
    const bm25 = queries.map(({ id }) => ({ queryId: id, documentIds: corpus.slice(0, 100).map((row) => row.id) }));
    await writeNanoTask(folder, task, { corpus, queries, qrels, candidates: { bm25 } });
  }
  const commit = await server.commitFolder(ID, folder);
  const cache = await scratch();
  const output = await scratch();
  const environment = {
    HF_ENDPOINT: server.endpoint,
    HF_TOKEN: 'hf_aVerySecretToken',
    TENBIN_CACHE: cache,
    no_proxy: '127.0.0.1',
  };
  const evaluate = (...args: string[]) =>
    tenbin(['evaluate', 'bm25', '--dataset', 'NanoMMTEB-v2', '--output', output, ...args], environment);
  const result = (task: string, profile = 'bm25') => readResult(join(output, 'NanoMMTEB-v2', task, `${profile}.json`));
  return { server, folder, commit, cache, output, environment, evaluate, result };
}

test('evaluate takes a group from the Hub by its name, and the second time from the cache', async (t) => {
  const { server, folder, commit, cache, evaluate, result } = await toyHub(t);
  const once = await evaluate('--task', 'covid');
  t.is(once.code, 0, once.stderr);
  t.regex(once.stderr, /^hakari-bench\/NanoMMTEB-v2: download of 0\.0 MB$/m);
  t.notRegex(once.stderr + once.stdout, /hf_aVerySecretToken/);
  const covid = (await result('covid'))!;
  t.is(covid.language, 'zh');
  t.is(covid.dataset.path, join(cache, 'datasets', 'hakari-bench--NanoMMTEB-v2', commit));
  t.like(covid.dataset.origin, { dataset: ID, revision: commit });
  const corpus = await readFile(join(folder, 'corpus', 'covid.parquet'));
  t.is(covid.dataset.origin?.checksums['corpus/covid.parquet'], `sha256:${sha256(corpus)}`);
  t.deepEqual(await readdir(join(covid.dataset.path, 'corpus')), ['covid.parquet']);

  const seen = server.requests.length;
  const again = await evaluate('--task', 'covid');
  t.is(again.code, 0, again.stderr);
  t.notRegex(again.stderr, /download/);
  t.is(server.requests.length, seen);
  t.deepEqual((await result('covid'))?.metrics, covid.metrics);

  const all = await evaluate();
  t.is(all.code, 0, all.stderr);
  t.truthy(await result('ailastatutes'));
  t.is(new Set(server.downloads).size, server.downloads.length);

  await server.close();
  for (const args of [['--offline'], [], ['--revision', commit], ['--task', 'covid', '--offline']]) {
    const { code, stderr } = await evaluate(...args);
    t.is(code, 0, stderr);
  }
});

test('candidates come with a task, also offline', async (t) => {
  const { server, environment, output, evaluate, result } = await toyHub(t);
  await evaluate('--task', 'covid');
  await server.close();
  const args = [
    'candidates',
    '--candidates',
    'bm25',
    '--dataset',
    ID,
    '--task',
    'covid',
    '--offline',
    '--output',
    output,
  ];
  const { code, stderr } = await tenbin(['evaluate', ...args], environment);
  t.is(code, 0, stderr);
  t.truthy(await result('covid', 'candidates_bm25'));
});

test('audit and convert take a dataset from the Hub as evaluate does', async (t) => {
  const { server, cache, environment } = await toyHub(t);
  const folder = await scratch();
  const train = join(folder, 'train.txt');
  await writeFile(train, 'nothing of it\n');
  const audit = ['audit', '--train', train, '--dataset', 'NanoMMTEB-v2', '--task', 'covid'];
  const before = await tenbin([...audit, '--offline'], environment);
  t.is(before.code, 1);
  t.regex(before.stderr, /offline, and revision main is not in /);
  const missing = await tenbin(
    ['audit', '--train', join(folder, 'none.txt'), '--dataset', 'NanoMMTEB-v2'],
    environment,
  );
  t.regex(missing.stderr, /none\.txt: no such file$/m);
  t.is(server.requests.length, 0, 'what is wrong with files is told before the download');
  const audited = await tenbin(audit, environment);
  t.is(audited.code, 0, audited.stderr);
  t.regex(audited.stderr, /^hakari-bench\/NanoMMTEB-v2: download of 0\.0 MB$/m);
  await server.close();
  const convert = ['convert', 'NanoMMTEB-v2', join(folder, 'covid'), '--split', 'covid', '--to', 'trec'];
  const converted = await tenbin([...convert, '--offline', '--cache-dir', cache], {});
  t.is(converted.code, 0, converted.stderr);
  t.regex(converted.stdout, /^covid: 200 documents, 5 queries, 5 judgements/);
  t.regex(converted.stderr, /^covid: corpus$/m);
});

test('counts that are not those of the registry are remarked upon with both numbers', async (t) => {
  const { evaluate, result } = await toyHub(t);
  const { stdout } = await evaluate('--task', 'ailastatutes');
  t.regex(stdout, /^ailastatutes: 200 documents, where the registry has 82\.$/m);
  t.regex(stdout, /^ailastatutes: 5 queries, where the registry has 50\.$/m);
  t.deepEqual((await result('ailastatutes'))?.remarks, [
    '5 queries, where the registry has 50',
    '200 documents, where the registry has 82',
    '5 positive judgements, where the registry has 217',
  ]);
});

test('counts that the registry doubts are remarked upon as such', async (t) => {
  const { server, environment, output } = await toyHub(t);
  const folder = await scratch();
  const one = [{ id: 'x', text: 'x' }];
  const qrels = new Map([['x', new Map([['x', 1]])]]);
  await writeNanoTask(folder, 'NanoFiQA2018', { corpus: one, queries: one, qrels });
  await server.commitFolder('hakari-bench/NanoBEIR-en', folder);
  const args = ['evaluate', 'bm25', '--dataset', 'NanoBEIR-en', '--task', 'fiqa2018', '--output', output];
  const { stdout, stderr } = await tenbin(args, environment);
  t.regex(
    stdout,
    /^NanoFiQA2018: 1 documents, where the registry has 4571, which may be of an older build\.$/m,
    stderr,
  );
});

test('the real task from a Hub scores as published, without remarks', async (t) => {
  const folder = collection(t, 'nano/NanoMMTEB-v2');
  if (folder === undefined) return;
  const { server, evaluate, result } = await toyHub(t);
  await server.commitFolder(ID, folder);
  const { stdout, stderr } = await evaluate('--task', 'ailastatutes');
  t.regex(stdout, /0\.2070 \+0\.0000/, stderr);
  t.is((await result('ailastatutes'))?.remarks, undefined);
});

test('what cannot be had is one line and status 1', async (t) => {
  const { server, evaluate } = await toyHub(t);
  for (const [args, message] of [
    [
      ['--offline'],
      /^tenbin: hakari-bench\/NanoMMTEB-v2: offline, and revision main is not in .*: run once without offline\n$/,
    ],
    [['--task', 'nothing'], /^tenbin: hakari-bench\/NanoMMTEB-v2: no task "nothing"; tasks are ailastatutes, covid\n$/],
    [['--revision', 'nothing'], /^tenbin: hakari-bench\/NanoMMTEB-v2: the Hub has no revision nothing\n$/],
    [['--revision', '../x'], /^tenbin: revision must be a branch, a tag or a commit, got "\.\.\/x"\n$/],
    [
      ['--offline', '--refresh'],
      /^tenbin: hakari-bench\/NanoMMTEB-v2: refresh needs the network, and offline forbids it\n$/,
    ],
    [
      ['--cache-dir', '/proc/nowhere'],
      /^tenbin: \/proc\/nowhere: cannot be written .*; TENBIN_CACHE names another folder\n$/,
    ],
  ] as const) {
    const { code, stderr } = await evaluate(...args);
    t.is(code, 1);
    t.regex(stderr, message);
  }
  t.deepEqual(server.downloads, []);
});

test('two processes at once download once', async (t) => {
  const { server, evaluate } = await toyHub(t);
  let started = () => {};
  const bothRun = new Promise<void>((resolve) => {
    started = resolve;
  });
  server.misbehave = ({ url }) => {
    if (url.includes('/revision/')) started();
    return undefined;
  };
  const first = evaluate();
  await bothRun;
  const outcomes = await Promise.all([first, evaluate(), evaluate('--task', 'covid')]);
  for (const { code, stderr } of outcomes) t.is(code, 0, stderr);
  t.is(new Set(server.downloads).size, server.downloads.length);
  t.is(server.requests.filter(({ url }) => url.includes('/revision/')).length, 1);
});

test('a process that was killed in mid-download leaves what the next goes on from', async (t) => {
  const { server, cache, environment, output, evaluate } = await toyHub(t);
  const corpus = (url: string) => url.startsWith('/cdn/') && url.includes('/corpus/covid');
  server.misbehave = ({ url }) => (corpus(url) ? { hangAfter: 1000 } : undefined);
  const args = ['evaluate', 'bm25', '--dataset', 'NanoMMTEB-v2', '--task', 'covid', '--output', output];
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], { env: { ...process.env, ...environment } });
  const parts = async () =>
    (await readdir(cache, { recursive: true })).filter((path) => path.endsWith('corpus/covid.parquet.part'));
  for (;;) {
    const [part] = await parts();
    if (part !== undefined && (await readFile(join(cache, part))).length === 1000) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  await once(child, 'close');
  t.true((await readdir(cache, { recursive: true })).some((path) => path.endsWith('lock')));
  server.misbehave = () => undefined;
  const { code, stderr } = await evaluate('--task', 'covid');
  t.is(code, 0, stderr);
  t.is(server.requests.filter(({ url }) => corpus(url)).at(-1)?.headers.range, 'bytes=1000-');
  t.deepEqual(await parts(), []);
  t.false((await readdir(cache, { recursive: true })).some((path) => path.endsWith('lock')));
});

test('Ctrl-C ends a download at once', async (t) => {
  const { server, environment, output } = await toyHub(t);
  const child = { started: () => {} };
  const started = new Promise<void>((resolve) => {
    child.started = resolve;
  });
  server.misbehave = ({ host }) => {
    if (host === 'cdn') child.started();
    return host === 'cdn' ? { hang: true } : undefined;
  };
  const args = ['evaluate', 'bm25', '--dataset', ID, '--output', output];
  const process_ = spawn(process.execPath, ['dist/cli/main.js', ...args], { env: { ...process.env, ...environment } });
  await started;
  process_.kill('SIGINT');
  const [code] = await once(process_, 'close');
  t.is(code, 130);
});

test('requests go through a proxy but for the hosts in NO_PROXY', async (t) => {
  const { server, output, environment } = await toyHub(t);
  const proxied: string[] = [];
  const proxy = createServer((incoming, response) => {
    proxied.push(incoming.url ?? '');
    const { method, headers } = incoming;
    request(incoming.url ?? '', { method, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    }).end();
  });
  proxy.on('connect', ({ url = '' }, socket) => {
    proxied.push(url);
    const to = connect(Number(url.split(':')[1]), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    to.pipe(socket).pipe(to);
    for (const end of [to, socket]) end.on('error', () => undefined);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const args = ['evaluate', 'bm25', '--dataset', ID, '--task', 'covid', '--output', output];
  const through = await tenbin(args, { ...environment, HTTP_PROXY, http_proxy: '', no_proxy: '', NO_PROXY: '' });
  t.is(through.code, 0, through.stderr);
  for (const { host } of [new URL(server.endpoint), new URL(server.cdn)]) {
    t.true(
      proxied.some((url) => url.includes(host)),
      host,
    );
  }
  proxied.length = 0;
  const past = await tenbin([...args, '--cache-dir', await scratch()], { ...environment, HTTP_PROXY, http_proxy: '' });
  t.is(past.code, 0, past.stderr);
  t.deepEqual(proxied, []);
});
