import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { openAnalyzer } from '#src/analysis/open-analyzer.js';
import { scratch } from './support/collections.js';

/** Byte-level BPE over a few letters, with one special token. */
const TOKENIZER = JSON.stringify({
  version: '1.0',
  added_tokens: [
    { id: 0, content: '<|end|>', single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
  ],
  normalizer: { type: 'NFC' },
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '<|end|>', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
    special_tokens: { '<|end|>': { id: '<|end|>', ids: [0], tokens: ['<|end|>'] } },
  },
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    unk_token: null,
    vocab: { '<|end|>': 0, h: 1, e: 2, l: 3, o: 4, H: 5, Ġ: 6, he: 7, ll: 8, llo: 9, hello: 10, Ġhello: 11 },
    merges: ['h e', 'l l', 'll o', 'he llo', 'Ġ hello'],
  },
});
const SHA256 = createHash('sha256').update(TOKENIZER).digest('hex');

const inputError = (message: RegExp) => ({ name: 'InputError', message });

async function makeFolder(): Promise<string> {
  const folder = join(await scratch(), 'model');
  await mkdir(folder);
  await writeFile(join(folder, 'tokenizer.json'), TOKENIZER);
  return folder;
}

test('tokens of a tokenizer.json: as in its vocabulary, case kept, no special token added', async (t) => {
  const folder = await makeFolder();
  for (const where of [folder, join(folder, 'tokenizer.json')]) {
    const analyzer = await openAnalyzer(`transformer:${where}`);
    t.is(analyzer.name, `transformer:${where}`);
    t.deepEqual(Object.keys(analyzer.engines), ['@huggingface/tokenizers', 'tokenizer.json']);
    t.is(analyzer.engines['tokenizer.json'], `sha256:${SHA256}`);
    t.deepEqual(analyzer.tokenize('hello Hello hell'), ['hello', 'Ġ', 'H', 'e', 'llo', 'Ġ', 'he', 'll']);
    t.deepEqual(analyzer.tokenize(''), []);
    t.deepEqual(analyzer.tokenize(`${'h'.repeat(3999)}hello`).slice(-3), ['h', 'e', 'llo'], 'cut after 4,000');
  }
});

test('what is no tokenizer.json is an error that names it', async (t) => {
  const folder = await scratch();
  const path = join(folder, 'tokenizer.json');
  await t.throwsAsync(openAnalyzer(`transformer:${folder}`), inputError(/tokenizer\.json: cannot be read/));
  await writeFile(path, '{');
  await t.throwsAsync(openAnalyzer(`transformer:${folder}`), inputError(/tokenizer\.json: not JSON/));
  await writeFile(path, Buffer.from([0x22, 0xff, 0x22]));
  await t.throwsAsync(openAnalyzer(`transformer:${folder}`), inputError(/tokenizer\.json: not JSON/));
  for (const json of ['{}', '[]', 'null', '3', '{"model":{}}']) {
    await writeFile(path, json);
    await t.throwsAsync(openAnalyzer(`transformer:${path}`), inputError(/tokenizer\.json: not a tokenizer\.json \(/));
  }
  for (const where of ['nowhere', 'a/b/c', 'a/b@', 'a/b@c@d', '../x/y', 'a b/c']) {
    await t.throwsAsync(openAnalyzer(`transformer:${where}`), inputError(/no such file or folder, and not the name/));
  }
});

interface Hub {
  readonly server: Server;
  readonly address: string;
  readonly requests: IncomingMessage[];
}

async function startHub(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Hub> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

test.serial('a model on the Hub is fetched once, at its revision, and http never sees the token', async (t) => {
  const hub = await startHub((request, response) => {
    if (request.url === '/moved') response.end(TOKENIZER);
    else if (request.url?.startsWith('/made-up/')) response.writeHead(302, { location: '/moved' }).end();
    else response.writeHead(404).end('Not Found');
  });
  process.env.HF_ENDPOINT = `${hub.address}/`;
  process.env.HF_TOKEN = 'secret';
  try {
    const analyzer = await openAnalyzer('transformer:made-up/model@refs/pr/1');
    await openAnalyzer('transformer:made-up/model@refs/pr/1');
    t.deepEqual(analyzer.tokenize('hello'), ['hello']);
    t.is(analyzer.engines['tokenizer.json'], `sha256:${SHA256}`);
    t.deepEqual(
      hub.requests.map(({ url }) => url),
      ['/made-up/model/resolve/refs%2Fpr%2F1/tokenizer.json', '/moved'],
    );
    for (const { headers } of hub.requests) t.is(headers.authorization, undefined);
    const missing = {
      name: 'InputError',
      message: /\/nobody\/model\/resolve\/main\/.*: cannot be fetched \(404 Not Found\)/,
    };
    await t.throwsAsync(openAnalyzer('transformer:nobody/model'), missing);
    await t.throwsAsync(openAnalyzer('transformer:nobody/model'), missing);
    t.is(hub.requests.length, 4, 'what failed is asked for again');
    await t.throwsAsync(openAnalyzer('transformer'), {
      message: /\/Qwen\/Qwen3-0\.6B\/resolve\/main\/tokenizer\.json: /,
    });
  } finally {
    hub.server.close();
    hub.server.closeAllConnections();
    delete process.env.HF_ENDPOINT;
    delete process.env.HF_TOKEN;
  }
});

test.serial('a Hub that does not answer, or is no address, is an error of one line', async (t) => {
  const hub = await startHub(() => undefined);
  hub.server.close();
  try {
    process.env.HF_ENDPOINT = hub.address;
    await t.throwsAsync(
      openAnalyzer('transformer:a/b'),
      inputError(
        /\/a\/b\/resolve\/main\/tokenizer\.json: cannot be fetched \(.*ECONNREFUSED.*\); a path to a tokenizer/,
      ),
    );
    process.env.HF_ENDPOINT = 'ftp://nowhere';
    await t.throwsAsync(openAnalyzer('transformer:a/b'), inputError(/^HF_ENDPOINT: must be an address/));
  } finally {
    delete process.env.HF_ENDPOINT;
  }
});
