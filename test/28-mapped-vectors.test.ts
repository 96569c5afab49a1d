import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import fc from 'fast-check';
import type { Embeddings } from '#src/common/embeddings.js';
import { formatHeader } from '#src/common/npy-header.js';
import { writeNpy } from '#src/encoder/npy.js';
import { VectorIndex } from '#src/vector/vector-index.js';
import { definedScore, gaussian, randomOf, rowOf } from './support/vectors.js';

const folder = await mkdtemp(join(tmpdir(), 'tenbin-'));
let files = 0;
test.after.always(() => rm(folder, { recursive: true }));

/** Gaussian rows, the same in every run. */
function rows(count: number, dimension: number, seed: number): Embeddings {
  const random = randomOf(seed);
  return { data: Float32Array.from({ length: count * dimension }, () => gaussian(random)), count, dimension };
}

async function fileOf(embeddings: Embeddings): Promise<string> {
  const path = join(folder, `${files++}.npy`);
  await writeNpy(path, embeddings);
  return path;
}

const inputError = (message: string | RegExp) => ({ name: 'InputError', message });

test('a mapped index gives bit for bit what one over memory gives', async (t) => {
  const shape = fc.record({
    dimension: fc.integer({ min: 1, max: 50 }),
    count: fc.integer({ min: 0, max: 3_000 }),
    queries: fc.integer({ min: 0, max: 20 }),
    k: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3_100 })),
    metric: fc.constantFrom('cosine' as const, 'dot' as const),
    tieRule: fc.constantFrom('id-ascending' as const, 'id-descending' as const),
    withIds: fc.boolean(),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ dimension, count, queries, k, metric, tieRule, withIds, seed }) => {
      const documents = rows(count, dimension, seed);
      // Some rows twice, so that the tie rule has something to decide.
      for (let i = 2; i < count; i += 3) documents.data.copyWithin(i * dimension, 0, dimension);
      const ids = withIds ? Array.from({ length: count }, (_, i) => `d${(i * 7) % 10}-${i}`) : undefined;
      const path = await fileOf(documents);
      using mapped = await VectorIndex.open(path, { metric, tieRule, ids });
      using expected = await VectorIndex.create(documents, { metric, tieRule, ids });
      await rm(path); // the mapping stays
      t.deepEqual(
        [mapped.size, mapped.dimension, mapped.metric, mapped.backend, mapped.precision, mapped.zeroVectors],
        [count, dimension, metric, 'simd', 'float32', 0],
      );
      const wanted = rows(queries, dimension, seed + 1);
      const filter = new Uint8Array(Math.ceil(count / 8)).map((_, i) => (i * 8 + 8 <= count ? (i * 37) & 0xff : 0));
      const candidates = Array.from({ length: queries }, (_, q) =>
        Uint32Array.from({ length: Math.min(count, 9) }, (_, i) => (i + q) % count),
      );
      for (const subset of [{}, { filter }, { candidates }]) {
        t.deepEqual(await mapped.search(wanted, { k, ...subset }), await expected.search(wanted, { k, ...subset }));
      }
      const batches = mapped.searchBatches(wanted, { k, batchSize: 3 });
      const whole = await expected.search(wanted, { k });
      for await (const { start, topK } of batches) {
        const at = start * topK.k;
        t.deepEqual(topK.indices, whole.indices.slice(at, at + topK.indices.length));
        t.deepEqual(topK.scores, whole.scores.slice(at, at + topK.scores.length));
      }
    }),
    { numRuns: 40 },
  );
});

test('files that cannot be searched where they are are refused by name', async (t) => {
  const path = join(folder, 'refused.npy');
  const refused = async (message: string | RegExp, ...bytes: Uint8Array[]) => {
    await writeFile(path, Buffer.concat(bytes));
    await t.throwsAsync(VectorIndex.open(path), inputError(message));
  };
  const values = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
  const header = (dict: string, pad = 118) =>
    Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(pad)}\x00${dict.padEnd(pad - 1)}\n`, 'latin1');
  const dict = (type: string, order = 'False') => `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (3, 2), }`;

  await refused(`${path}: not a .npy file (it does not begin with \\x93NUMPY)`, Buffer.from('PAR1 and more'));
  await refused(`${path}: not a .npy file (it does not begin with \\x93NUMPY)`);
  await refused(`${path}: truncated inside its header`, header(dict('<f4')).subarray(0, 60));
  await refused(
    `${path}: truncated: 3 x 2 <f4 need 152 bytes, the file has 151`,
    header(dict('<f4')),
    values.subarray(1),
  );
  await refused(
    `${path}: bytes after the last row: 3 x 2 <f4 need 152 bytes, the file has 153`,
    header(dict('<f4')),
    values,
    Uint8Array.of(0),
  );
  for (const [type, bytes] of [
    ['<f2', 12],
    ['<f8', 48],
  ] as const) {
    await refused(
      `${path}: only <f4 can be mapped, got ${type}: readNpy makes float32 of it`,
      header(dict(type)),
      new Uint8Array(bytes),
    );
  }
  await refused(`${path}: components must be <f2, <f4, <f8, got '<i4'`, header(dict('<i4')), values);
  await refused(`${path}: must be in C order, got Fortran order`, header(dict('<f4', 'True')), values);
  await refused(
    `${path}: its rows begin at byte 127, not at a multiple of 4: readNpy reads it`,
    header(dict('<f4'), 117),
    values,
  );
  for (const [value, name] of [
    [NaN, 'NaN'],
    [Infinity, 'infinite'],
    [-Infinity, 'infinite'],
  ] as const) {
    await refused(
      `${path}: row 1, dimension 1 is ${name}`,
      header(dict('<f4')),
      new Uint8Array(Float32Array.of(1, 2, 3, value, 5, NaN).buffer),
    );
  }
  await rm(path);
  await t.throwsAsync(VectorIndex.open(path), inputError(/refused\.npy: cannot be read \(/));
  const directory = join(folder, 'directory.npy');
  await mkdir(directory);
  await t.throwsAsync(VectorIndex.open(directory), inputError(`${directory}: is not a file`));
});

test('options that a mapped index does not have are refused', async (t) => {
  const path = await fileOf(rows(3, 2, 1));
  const refused = (options: object, message: string) =>
    t.throwsAsync(VectorIndex.open(path, options), inputError(message));
  await refused({ backend: 'tfjs' }, 'backend tfjs: only simd searches a mapped file');
  await refused({ backend: 'faiss' }, 'backend faiss: only simd searches a mapped file');
  await refused({ precision: 'int8' }, 'precision int8: only float32 is searched in a mapped file');
  await refused({ faiss: {} }, 'faiss: not for the backend simd');
  await refused({ metric: 'euclidean' }, 'metric must be one of cosine, dot, got "euclidean"');
  await refused({ ids: ['a', 'b'] }, 'ids: 2 for 3 embeddings');
  await t.throwsAsync(VectorIndex.open(''), inputError('path must be the name of a file, got ""'));
  await t.throwsAsync(VectorIndex.open(1 as never), inputError('path must be the name of a file, got 1'));
  using index = await VectorIndex.open(path, { backend: 'auto' });
  await t.throwsAsync(index.search(rows(1, 3, 1), { k: 1 }), inputError('queries have 3 dimensions, documents have 2'));
  await t.throwsAsync(index.saveFaiss(join(folder, 'x')), inputError('the backend simd has no file format'));
});

test('searches go on when the index is disposed and its file replaced, and can be aborted', async (t) => {
  const documents = rows(20_000, 32, 3);
  const path = await fileOf(documents);
  const wanted = rows(300, 32, 4);
  using expected = await VectorIndex.create(documents);
  const index = await VectorIndex.open(path);
  const going = [index.search(wanted, { k: 10 }), index.search(wanted, { k: 2_000 })];
  index[Symbol.dispose]();
  await rename(await fileOf(rows(1, 32, 5)), path);
  t.deepEqual(await Promise.all(going), [
    await expected.search(wanted, { k: 10 }),
    await expected.search(wanted, { k: 2_000 }),
  ]);
  await t.throwsAsync(index.search(wanted, { k: 1 }), { message: 'the index is disposed' });

  const controller = new AbortController();
  using other = await VectorIndex.open(await fileOf(documents));
  const aborted = other.search(wanted, { k: 20_000, signal: controller.signal });
  controller.abort(new Error('enough'));
  await t.throwsAsync(aborted, { message: 'enough' });
  await t.throwsAsync(VectorIndex.open(path, { signal: controller.signal }), { message: 'enough' });
  const late = new AbortController();
  const opening = VectorIndex.open(await fileOf(rows(200_000, 8, 6)), { signal: late.signal });
  late.abort(new Error('late'));
  await t.throwsAsync(opening, { message: 'late' });
});

test('workers map one file at once, and can be ended while they search it', async (t) => {
  const path = await fileOf(rows(20_000, 64, 8));
  const source = `import { parentPort } from 'node:worker_threads';
    import { VectorIndex } from ${JSON.stringify(new URL('../../dist/vector/vector-index.js', import.meta.url).href)};
    const index = await VectorIndex.open(${JSON.stringify(path)});
    const data = new Float32Array(2_000 * 64).fill(0.5);
    const { indices } = await index.search({ data: data.subarray(0, 64), count: 1, dimension: 64 }, { k: 3 });
    for (let i = 0; i < 5; i++) void index.search({ data, count: 2_000, dimension: 64 }, { k: 10_000 });
    parentPort.postMessage([...indices]);`;
  using index = await VectorIndex.open(path);
  const { indices } = await index.search({ data: new Float32Array(64).fill(0.5), count: 1, dimension: 64 }, { k: 3 });
  const found = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
      const [result] = await once(worker, 'message');
      await worker.terminate();
      return result;
    }),
  );
  t.deepEqual(found, Array(4).fill([...indices]));
});

/*
 * A file of 2^31 components and more, mostly holes: groups of real rows at its beginning, middle and end, zeros between.
 * Not in the system's folder for temporary files, which may be memory.
 */
const needed = 5 * 2 ** 30;
const large = process.platform === 'linux' && totalmem() > needed ? test : test.skip;
large('a file of 8 GB is searched in the memory of its codes and a few blocks, to its last row', async (t) => {
  const dimension = 768;
  const count = Math.ceil(2 ** 31 / dimension) + 1_000;
  const group = 100;
  // Not row 0, which would be the only one with values in the sample that codes are centred by.
  const starts = [1, Math.floor(count / 2), count - group];
  const real = rows(starts.length * group, dimension, 11);
  const positionOf = (i: number) => starts[Math.floor(i / group)]! + (i % group);
  const own = await mkdtemp(fileURLToPath(new URL('./mapped-', import.meta.url)));
  try {
    const path = join(own, 'corpus.npy');
    const header = formatHeader(count, dimension);
    await writeFile(path, header);
    await truncate(path, header.length + count * dimension * 4);
    const file = await open(path, 'r+');
    for (const [i, start] of starts.entries()) {
      const bytes = new Uint8Array(real.data.buffer, i * group * dimension * 4, group * dimension * 4);
      await file.write(bytes, 0, bytes.length, header.length + start * dimension * 4);
    }
    await file.close();

    // One query beside a row of each group, and one beside the very last.
    const beside = [0, group + 1, 2 * group + 2, 3 * group - 1];
    const noise = rows(beside.length, dimension, 12);
    const data = noise.data.map(
      (x, i) => real.data[beside[Math.floor(i / dimension)]! * dimension + (i % dimension)]! + x,
    );
    const queries = join(own, 'queries.npy');
    await writeNpy(queries, { data, count: beside.length, dimension });
    const few = 10;
    const many = 2 * real.count;
    const script = fileURLToPath(new URL('./support/search-mapped.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, path, queries, `${few}`, `${many}`]);
    const { size, zeroVectors, searches, before, most } = JSON.parse(stdout);

    t.deepEqual([size, zeroVectors], [count, count - real.count]);
    t.deepEqual(
      searches.map(({ fallbacks }: { fallbacks: number }) => fallbacks),
      [0, beside.length],
    );
    const holes = [0, ...Array.from({ length: many }, (_, i) => starts[0]! + group + i)];
    beside.forEach((row, q) => {
      const query = data.subarray(q * dimension, (q + 1) * dimension);
      const scored = Array.from({ length: real.count }, (_, i) => ({
        position: positionOf(i),
        score: definedScore(query, rowOf(real, i), 'cosine'),
      }));
      const ranked = [...scored, ...holes.map((position) => ({ position, score: 0 }))].sort(
        (a, b) => b.score - a.score || a.position - b.position,
      );
      t.is(ranked[0]!.position, positionOf(row));
      for (const [search, k] of [few, many].entries()) {
        const { indices, scores } = searches[search];
        t.deepEqual(
          indices.slice(q * k, (q + 1) * k),
          ranked.slice(0, k).map(({ position }) => position),
        );
        t.deepEqual(
          scores.slice(q * k, (q + 1) * k),
          ranked.slice(0, k).map(({ score }) => score),
        );
      }
    });

    // A code a component; 40 bytes a document of norms, bounds and ranks; 4 MB a thread and a 64th of the file.
    const allowed = (count * (dimension + 40)) / 1024 + (count * dimension * 4) / 64 / 1024 + 100 * 1024;
    t.log(`${Math.round((most - before) / 1024)} MB of ${Math.round((count * dimension * 4) / 2 ** 20)} MB`);
    t.true(most - before < allowed, `${most - before} of ${allowed} KB`);
  } finally {
    await rm(own, { recursive: true });
  }
});
