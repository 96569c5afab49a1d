import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import type { Embeddings } from '#src/common/embeddings.js';
import { backendStatuses } from '#src/vector/backend-statuses.js';
import { VectorIndex } from '#src/vector/vector-index.js';
import type { VectorIndexOptions } from '#src/vector/vector-options.js';
import { useBuiltFaissNode } from './support/faiss-node.js';
import type { SearchOrder } from './support/search-backend.js';
import { gaussian, randomOf } from './support/vectors.js';

/*
 * Worker threads, buffers that go away, and an index that is disposed, aborted or asked again while it searches: each
 * has one answer, whatever searches.
 */

function rows(seed: number, count: number, dimension: number, offset = 0): Embeddings {
  const random = randomOf(seed);
  const memory = new SharedArrayBuffer(4 * (offset + count * dimension));
  const data = new Float32Array(memory, 4 * offset);
  for (let i = 0; i < data.length; i++) data[i] = gaussian(random);
  return { data, count, dimension };
}

/** The same numbers in a buffer of their own, which can be transferred, `offset` numbers behind its beginning. */
function transferable(
  { data, count, dimension }: Embeddings,
  offset = 0,
): Embeddings & { data: Float32Array<ArrayBuffer> } {
  const own = new Float32Array(offset + data.length + 1).subarray(offset, offset + data.length);
  own.set(data);
  return { data: own, count, dimension };
}

/** Takes the memory from under a view; who gets it keeps it. */
function transfer({ data: { buffer } }: { data: Float32Array<ArrayBuffer> }): ArrayBuffer {
  return structuredClone(buffer, { transfer: [buffer] });
}

const documents = rows(1, 3000, 64);
const queries = rows(2, 200, 64);
const k = 7;

const found = ({ indices, scores }: { indices: Uint32Array; scores: Float32Array }) => ({ indices, scores });

useBuiltFaissNode();
const available = (await backendStatuses()).filter((status) => status.available).map((status) => status.backend);
/** Every backend that is here, and the precisions that have an engine of their own. */
const HOW: Record<string, VectorIndexOptions> = {
  ...Object.fromEntries(available.map((backend) => [backend, { backend }])),
  int8: { precision: 'int8' },
  'int8 rescored': { precision: 'int8', rescore: true },
};

for (const backend of available) {
  test.serial(`${backend}: eight workers search at once and find what the main thread finds`, async (t) => {
    using index = await VectorIndex.create(documents, { backend });
    const expected = found(await index.search(queries, { k }));
    const order: SearchOrder = { backend, documents, queries, k, times: 3 };
    const workers = Array.from({ length: 8 }, () => start(order));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const results = workers.map(async (worker) => {
      const messages: unknown[] = [];
      worker.on('message', (message) => messages.push(message));
      worker.postMessage('go');
      await once(worker, 'exit');
      return messages;
    });
    const own = Array.from({ length: 3 }, () => index.search(queries, { k }));
    for (const messages of await Promise.all(results)) t.deepEqual(messages, [expected, expected, expected]);
    for (const result of await Promise.all(own)) t.deepEqual(found(result), expected);
  });

  // The package throws out of Node-API when its thread is ended while it searches, which ends the process.
  if (backend === 'faiss-node') continue;
  test.serial(`${backend}: workers that are ended while they search leave the process sound`, async (t) => {
    using index = await VectorIndex.create(documents, { backend });
    const expected = found(await index.search(queries, { k }));
    const order: SearchOrder = { backend, documents, queries, k, times: 1_000_000 };
    const ended = Array.from({ length: 3 }, async () => {
      const worker = start(order);
      await once(worker, 'message');
      worker.postMessage('go');
      await once(worker, 'message'); // it has found something, and is at it again
      return worker.terminate();
    });
    t.deepEqual(await Promise.all(ended), [1, 1, 1]);
    t.deepEqual(found(await index.search(queries, { k })), expected);
    using again = await VectorIndex.create(documents, { backend });
    t.deepEqual(found(await again.search(queries, { k })), expected);
  });
}

for (const [name, options] of Object.entries(HOW)) {
  test.serial(`${name}: views may begin anywhere in their buffer`, async (t) => {
    using index = await VectorIndex.create(documents, options);
    const expected = found(await index.search(queries, { k }));
    for (const offset of [1, 2, 3, 5]) {
      using moved = await VectorIndex.create(transferable(documents, offset), options);
      t.deepEqual(found(await moved.search(transferable(queries, 8 - offset), { k })), expected);
      const part = { data: queries.data.subarray(64 * offset, 64 * (offset + 2)), count: 2, dimension: 64 };
      const { indices } = await moved.search(part, { k });
      t.deepEqual(indices, expected.indices.slice(k * offset, k * (offset + 2)));
    }
  });

  test.serial(`${name}: queries are the caller's again as soon as the search has begun`, async (t) => {
    using index = await VectorIndex.create(documents, options);
    const expected = found(await index.search(queries, { k }));
    const gone = transferable(queries);
    const searching = index.search(gone, { k });
    const kept = transfer(gone);
    new Float32Array(kept).fill(Number.NaN);
    t.deepEqual(found(await searching), expected);
    const changed = transferable(queries);
    const second = index.search(changed, { k });
    await nextTurn();
    changed.data.fill(Number.NaN);
    t.deepEqual(found(await second), expected);
    const refused = { name: 'InputError', message: 'queries: 0 values are not 200 rows of 64 dimensions' };
    await t.throwsAsync(index.search(gone, { k }), refused);
    const streamed = transferable(queries);
    const batches = index.searchBatches(streamed, { k, batchSize: 50 })[Symbol.asyncIterator]();
    t.is((await batches.next()).value?.start, 0);
    transfer(streamed);
    await t.throwsAsync(batches.next(), refused);
  });

  test.serial(`${name}: embeddings that are transferred are missed by the next search`, async (t) => {
    const gone = transferable(documents);
    using index = await VectorIndex.create(gone, options);
    const expected = found(await index.search(queries, { k }));
    const searching = index.search(queries, { k });
    const kept = transfer(gone);
    // What had begun may end, as long as someone has the memory.
    const message = /^the embeddings of the index are detached: /;
    const outcome = await searching.then(found, (error: Error) => error.message);
    if (typeof outcome === 'string') t.regex(outcome, message);
    else t.deepEqual(outcome, expected);
    t.is(kept.byteLength, gone.data.BYTES_PER_ELEMENT * (3000 * 64 + 1));
    // Codes are the index's own.
    if (name === 'int8') t.deepEqual(found(await index.search(queries, { k })), expected);
    else await t.throwsAsync(index.search(queries, { k }), { message });
    await t.throwsAsync(VectorIndex.create(gone, options), {
      name: 'InputError',
      message: 'embeddings: 0 values are not 3000 rows of 64 dimensions',
    });
  });

  test.serial(
    `${name}: embeddings that are transferred while they are indexed are missed at once or later`,
    async (t) => {
      const gone = transferable(documents);
      const creating = VectorIndex.create(gone, options);
      const kept = transfer(gone);
      const outcome = await creating.then(
        (index) => index,
        (error: Error) => error.message,
      );
      if (typeof outcome === 'string')
        t.is(outcome, 'embeddings: their buffer was transferred while they were indexed');
      else
        await t.throwsAsync(outcome.search(queries, { k }), { message: /^the embeddings of the index are detached: / });
      t.true(kept.byteLength > 0);
    },
  );

  test.serial(`${name}: a search that is aborted in its midst rejects, and the next is none the worse`, async (t) => {
    using index = await VectorIndex.create(documents, options);
    const expected = found(await index.search(queries, { k }));
    const many = rows(3, 40_000, 64);
    for (const turns of [0, 1, 3]) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const aborted = t.throwsAsync(index.search(many, { k: 100, signal: controller.signal }), { is: reason });
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      controller.abort(reason);
      await aborted;
      t.deepEqual(found(await index.search(queries, { k })), expected);
    }
  });

  test.serial(`${name}: a search goes on when its index is disposed, and later ones are refused`, async (t) => {
    for (const turns of [0, 1]) {
      const index = await VectorIndex.create(documents, options);
      const expected = found(await index.search(queries, { k }));
      const searches = [index.search(queries, { k }), index.search(queries, { k })];
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      index[Symbol.dispose]();
      index[Symbol.dispose]();
      for (const result of await Promise.all(searches)) t.deepEqual(found(result), expected);
      await t.throwsAsync(index.search(queries, { k }), { message: /disposed/ });
    }
  });
}

function start(order: SearchOrder): Worker {
  const worker = new Worker(new URL('./support/search-backend.js', import.meta.url), { workerData: order });
  worker.setMaxListeners(0);
  return worker;
}
