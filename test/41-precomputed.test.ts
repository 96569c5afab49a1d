import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { readNpy, writeNpy } from '#src/encoder/npy.js';
import { openEmbeddings } from '#src/encoder/open.js';

const folder = await mkdtemp(join(tmpdir(), 'tenbin-'));
let files = 0;

/** A file of the given bytes; returns its path. */
async function fileOf(...parts: Uint8Array[]): Promise<string> {
  const path = join(folder, `${files++}.npy`);
  await writeFile(path, Buffer.concat(parts));
  return path;
}

function header(dict: string, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(dict.length, 0, length.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.from([version, 0]), length, Buffer.from(dict)]);
}

const dict = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

const bytesOf = (array: Float32Array | Float64Array | Uint16Array) => new Uint8Array(array.buffer);

test('files that NumPy wrote are read', async (t) => {
  // np.save of [[1, -2.5, 0.1], [65504, 6e-8, -0.0]] as <f4 and as <f2.
  const written = async (type: string, hex: string) => {
    const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (2, 3), }`.padEnd(117);
    const file = await fileOf(Buffer.from(`\x93NUMPY\x01\x00v\x00${text}\n`, 'latin1'), Buffer.from(hex, 'hex'));
    return readNpy(file);
  };
  t.deepEqual(await written('<f4', '0000803f000020c0cdcccc3d00e07f4759d9803300000080'), {
    data: Float32Array.of(1, -2.5, 0.1, 65504, 6e-8, -0),
    count: 2,
    dimension: 3,
  });
  const { data } = await written('<f2', '003c00c1662eff7b01000080');
  t.deepEqual(data, Float32Array.of(1, -2.5, 0.0999755859375, 65504, 2 ** -24, -0));
});

test('versions 1, 2 and 3, doubles and halves give the same matrix', async (t) => {
  const values = [1, -0.5, 3, 2 ** -14, 0, -8];
  for (const version of [1, 2, 3]) {
    const single = await fileOf(header(dict("'<f4'", '(3, 2)'), version), bytesOf(Float32Array.from(values)));
    t.deepEqual(await readNpy(single), { data: Float32Array.from(values), count: 3, dimension: 2 });
  }
  const double = await fileOf(header(dict("'<f8'", '(3, 2)')), bytesOf(Float64Array.from(values)));
  t.deepEqual((await readNpy(double)).data, Float32Array.from(values));
  const codes = Uint16Array.of(0x3c00, 0xb800, 0x4200, 0x0400, 0, 0xc800);
  t.deepEqual(
    (await readNpy(await fileOf(header(dict("'<f2'", '(3, 2)')), bytesOf(codes)))).data,
    Float32Array.from(values),
  );

  const special = Uint16Array.of(0x7bff, 0x0001, 0x03ff, 0x7c00, 0xfc00, 0x3555);
  const { data } = await readNpy(await fileOf(header(dict("'<f2'", '(1, 6)')), bytesOf(special)));
  t.deepEqual([...data], [65504, 2 ** -24, 1023 * 2 ** -24, Infinity, -Infinity, 0.333251953125]);
  const nan = await readNpy(await fileOf(header(dict("'<f2'", '(1, 1)')), bytesOf(Uint16Array.of(0x7e00))));
  t.true(Number.isNaN(nan.data[0]));
});

test('what is written is read back, offset views and empty matrices included', async (t) => {
  const matrix = fc.record({ count: fc.nat(20), dimension: fc.integer({ min: 1, max: 40 }), offset: fc.nat(3) });
  const path = join(folder, 'round-trip.npy');
  await fc.assert(
    fc.asyncProperty(matrix, fc.nat(), async ({ count, dimension, offset }, seed) => {
      const all = Float32Array.from({ length: count * dimension + offset }, (_, i) => Math.sin(seed + i));
      const data = all.subarray(offset);
      await writeNpy(path, { data, count, dimension });
      t.is(((await readFile(path)).length - data.byteLength) % 64, 0);
      t.deepEqual(await readNpy(path), { data: data.slice(), count, dimension });
    }),
    { numRuns: 30 },
  );
  const bad = { data: new Float32Array(5), count: 2, dimension: 3 };
  await t.throwsAsync(writeNpy(path, bad), {
    name: 'InputError',
    message: /^embeddings\.data must be of length 2 x 3/,
  });
});

test('files larger than a chunk are read and written whole', async (t) => {
  const [count, dimension] = [4_099, 1_031];
  const data = Float32Array.from({ length: count * dimension }, (_, i) => i);
  const path = join(folder, 'large.npy');
  await writeNpy(path, { data, count, dimension });
  t.is(Buffer.compare(bytesOf((await readNpy(path)).data), bytesOf(data)), 0);
  const double = await fileOf(header(dict("'<f8'", `(${count}, ${dimension})`)), bytesOf(Float64Array.from(data)));
  t.is(Buffer.compare(bytesOf((await readNpy(double)).data), bytesOf(data)), 0);
});

test('a file that is not such a matrix is refused in one line that names it', async (t) => {
  const eight = new Uint8Array(8);
  const good = dict("'<f4'", '(1, 2)');
  const cases: [Uint8Array[], string][] = [
    [[], 'not a .npy file (it does not begin with \\x93NUMPY)'],
    [[Buffer.from('PK\x03\x04 an archive')], 'not a .npy file (it does not begin with \\x93NUMPY)'],
    [[header(good, 4), eight], '.npy version 4 is not one of 1, 2, 3'],
    [[header(good).subarray(0, 30)], 'truncated inside its header'],
    [[header(good, 2).subarray(0, 11)], 'truncated inside its header'],
    [[header(good), eight.subarray(1)], 'truncated: 1 x 2 <f4 need 77 bytes, the file has 76'],
    [[header(good), eight, eight], 'bytes after the last row: 1 x 2 <f4 need 77 bytes, the file has 85'],
    [[header(dict("'<f4'", '(1, 2)', 'True')), eight], 'must be in C order, got Fortran order'],
    [[header(dict("'<i8'", '(1, 1)')), eight], "components must be <f2, <f4, <f8, got '<i8'"],
    [[header(dict("'>f4'", '(1, 2)')), eight], "components must be <f2, <f4, <f8, got '>f4'"],
    [[header(dict("[('x', '<f4')]", '(2,)')), eight], "components must be <f2, <f4, <f8, got [('x', '<f4')]"],
    [[header(dict("'<f4'", '(2,)')), eight], 'must have 2 dimensions (rows, components), got (2,)'],
    [[header(dict("'<f4'", '(1, 1, 2)')), eight], 'must have 2 dimensions (rows, components), got (1, 1, 2)'],
    [[header(dict("'<f4'", '()')), eight], 'must have 2 dimensions (rows, components), got ()'],
    [[header(dict("'<f4'", '(2, 0)'))], 'its vectors have 0 components'],
    [[header("{'descr': '<f4'}"), eight], 'its .npy header lacks descr, fortran_order or shape'],
  ];
  for (const [parts, message] of cases) {
    const path = await fileOf(...parts);
    await t.throwsAsync(readNpy(path), { name: 'InputError', message: `${path}: ${message}` });
  }
  await t.throwsAsync(readNpy(folder), { name: 'InputError', message: `${folder}: is not a file` });
  const absent = join(folder, 'absent.npy');
  await t.throwsAsync(readNpy(absent), {
    name: 'InputError',
    message: new RegExp(`^${absent}: cannot be read .*ENOENT`),
  });
});

/** A folder with a pair of files whose component c of row r is 100 r + c (queries negative). */
async function pair(path: string, queries: number, documents: number, dimension: number, more = 0): Promise<string> {
  await mkdir(path, { recursive: true });
  const matrix = (count: number, dimension: number, sign: number) => ({
    data: Float32Array.from(
      { length: count * dimension },
      (_, i) => sign * (100 * Math.floor(i / dimension) + (i % dimension)),
    ),
    count,
    dimension,
  });
  await writeNpy(join(path, 'queries.npy'), matrix(queries, dimension, -1));
  await writeNpy(join(path, 'corpus.npy'), matrix(documents, dimension + more, 1));
  return path;
}

const rows = (...numbers: number[]) => numbers.map((row) => ({ text: `text of row ${row}`, row }));

test('precomputed embeddings are picked by the row of the table as stored', async (t) => {
  const path = await pair(join(folder, 'one'), 2, 4, 3);
  using provider = await openEmbeddings(`precomputed:${path}`);
  t.is(provider.id, `precomputed:${path}`);
  const source = await provider.forTask({ group: 'g', name: 'any' });
  t.regex(source.fingerprint, /^precomputed queries=sha256:[0-9a-f]{64} corpus=sha256:[0-9a-f]{64}$/);
  t.deepEqual(await source.embed(rows(1), 'query'), {
    data: Float32Array.of(-100, -101, -102),
    count: 1,
    dimension: 3,
  });
  t.deepEqual((await source.embed(rows(3, 0), 'document')).data, Float32Array.of(300, 301, 302, 0, 1, 2));
  t.deepEqual(await source.embed([], 'document'), { data: new Float32Array(0), count: 0, dimension: 3 });

  const whole = await source.embed(rows(0, 1, 2, 3), 'document');
  t.is((await source.embed(rows(0, 1, 2, 3), 'document')).data, whole.data, 'all rows in order are not copied');
  t.not((await source.embed(rows(0, 2, 1, 3), 'document')).data, whole.data);
  t.is((await source.embed(rows(0, 1, 2), 'document')).count, 3);

  await t.throwsAsync(source.embed(rows(0, 1, 6), 'document'), {
    name: 'InputError',
    message: `${join(path, 'corpus.npy')}: has 4 rows, the table has at least 7`,
  });
  const seen: number[][] = [];
  await source.embed(rows(0, 1), 'query', { onProgress: (...progress) => seen.push(progress) });
  t.deepEqual(seen, [[2, 2]]);
  const reason = new Error('enough');
  t.is(await t.throwsAsync(source.embed(rows(0), 'query', { signal: AbortSignal.abort(reason) })), reason);
});

test("a task's own folder takes precedence, and its name cannot lead elsewhere", async (t) => {
  const path = await pair(join(folder, 'several'), 1, 1, 2);
  await pair(join(path, 'second'), 1, 1, 5);
  await pair(join(folder, 'outside'), 1, 1, 7);
  using provider = await openEmbeddings(`precomputed:${path}`);
  const dimension = async (name: string) =>
    (await (await provider.forTask({ group: 'g', name })).embed(rows(0), 'query')).dimension;
  t.deepEqual([await dimension('first'), await dimension('second'), await dimension('first')], [2, 5, 2]);
  for (const name of ['../outside', '..', '.', '', 'a/b', 'a\\b', 'a\0b']) {
    await t.throwsAsync(provider.forTask({ group: 'g', name }), {
      name: 'InputError',
      message: `${path}: the task's name must be a plain file name, got ${JSON.stringify(name)}`,
    });
  }
});

test('folders without a fitting pair of files are refused by name', async (t) => {
  const absent = join(folder, 'nowhere');
  await t.throwsAsync(openEmbeddings(`precomputed:${absent}`), {
    name: 'InputError',
    message: `${absent}: is not a folder (encoder precomputed:DIR)`,
  });

  const empty = join(folder, 'empty');
  await mkdir(empty);
  using nothing = await openEmbeddings(`precomputed:${empty}`);
  await t.throwsAsync(nothing.forTask({ group: 'g', name: 't' }), {
    name: 'InputError',
    message: /queries\.npy: cannot be read/,
  });

  const uneven = await pair(join(folder, 'uneven'), 2, 2, 3, 1);
  using mismatch = await openEmbeddings(`precomputed:${uneven}`);
  await t.throwsAsync(mismatch.forTask({ group: 'g', name: 't' }), {
    name: 'InputError',
    message: `${join(uneven, 'queries.npy')}: its vectors have 3 components, ${join(uneven, 'corpus.npy')} has 4`,
  });
});

test('the fingerprint is of the vectors: it follows a changed bit and not the type of the file', async (t) => {
  const path = await pair(join(folder, 'prints'), 1, 2, 2);
  const print = async () => {
    using provider = await openEmbeddings(`precomputed:${path}`);
    return (await provider.forTask({ group: 'g', name: 't' })).fingerprint;
  };
  const first = await print();
  await writeFile(
    join(path, 'corpus.npy'),
    Buffer.concat([header(dict("'<f8'", '(2, 2)')), bytesOf(Float64Array.of(0, 1, 100, 101))]),
  );
  t.is(await print(), first);
  await writeNpy(join(path, 'corpus.npy'), { data: Float32Array.of(0, 1, 100, 102), count: 2, dimension: 2 });
  t.not(await print(), first);
  t.deepEqual((await readdir(path)).toSorted(), ['corpus.npy', 'queries.npy'], 'no temporary file is left');
});
