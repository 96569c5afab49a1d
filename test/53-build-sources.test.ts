import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { ByteWriter, type ColumnSource, parquetWrite } from 'hyparquet-writer';
import { buildNanoSet } from '#src/build/build-nano-set.js';
import { openSource } from '#src/build/open-source.js';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import { json, texts, textsOf, writeBeir } from './support/build-sources.js';
import { scratch } from './support/collections.js';
import { HubServer } from './support/hub-server.js';

test('columns go by many names, and the first match wins', async (t) => {
  const folder = await writeBeir({
    'corpus.jsonl.gz': gzipSync(
      [
        { docid: 'a', title: 'T', contents: ' c ' },
        { id: 7, _id: 'b', passage: 'p', text: 'x' },
        { doc_id: 9, content: null },
      ]
        .map((record) => JSON.stringify(record))
        .join('\n'),
    ),
    'queries.jsonl': [{ qid: 'q', question: ' why ' }],
    'qrels/dev.jsonl': [
      { query: 'q', docid: 'a', label: 2 },
      { query_id: 'q', 'doc-id': 'b', relevance: '0' },
    ],
  });
  const source = await openSource(folder, undefined);
  t.is(source.split, 'dev', 'the only one');
  const all = async <T>(batches: AsyncIterable<readonly T[]>) => {
    const rows: T[] = [];
    for await (const batch of batches) rows.push(...batch);
    return rows;
  };
  t.deepEqual(await all(source.documents()), [
    { id: 'a', text: 'T\n\nc' },
    { id: 'b', text: 'x' },
    { id: '9', text: '' },
  ]);
  t.deepEqual(await all(source.queries()), [{ id: 'q', text: 'why' }]);
  t.deepEqual(await all(source.judgements()), [
    { queryId: 'q', documentId: 'a', relevant: true },
    { queryId: 'q', documentId: 'b', relevant: false },
  ]);
});

test('a source in Parquet, with parts and candidates, is read too', async (t) => {
  const folder = join(await scratch(), 'Full');
  const documents = texts('d1', 'd2', 'd3', 'd4');
  const candidates = { bm25: [{ queryId: 'q', documentIds: ['d4', 'd1'] }] };
  const qrels = new Map([['q', new Map([['d2', 1]])]]);
  await writeNanoTask(folder, 'alpha', { corpus: documents, queries: texts('q'), qrels, candidates });
  const output = join(await scratch(), 'NanoFull');
  const options = { output, order: 'source', hardNegatives: 'bm25', analyzer: 'regex' } as const;
  const built = await buildNanoSet(folder, { ...options, documents: 3 });
  t.is(built.task, 'alpha');
  const [task] = await openDataset(output);
  t.deepEqual([...(await textsOf(task!.corpus())).keys()], ['d2', 'd4', 'd1']);
  await writeNanoTask(join(folder, 'parts'), 'x-00000-of-00002', {
    corpus: documents,
    queries: texts('q'),
    qrels: new Map(),
  });
  await t.throwsAsync(openSource(join(folder, 'parts'), undefined), { name: 'InputError', message: /1 of 2 parts/ });
});

test('scores may be floating-point numbers, ids may not', async (t) => {
  const folder = await writeBeir({
    'corpus.jsonl': ['a', 'b', 'c', 'd'].map((id) => ({ _id: id, text: `text ${id}` })),
    'queries.jsonl': [{ _id: 'q', text: 'x' }],
  });
  const judge = async (type: 'FLOAT' | 'DOUBLE', scores: readonly unknown[], ids: ColumnSource) => {
    const columnData: ColumnSource[] = [
      { name: 'query-id', data: scores.map(() => 'q'), type: 'STRING' },
      ids,
      { name: 'score', data: scores.map((score) => score), type },
    ];
    await writeParquet(join(folder, 'qrels', 'test.parquet'), columnData);
    const source = await openSource(folder, undefined);
    const found: (readonly [string, boolean])[] = [];
    for await (const batch of source.judgements()) {
      for (const { documentId, relevant } of batch) found.push([documentId, relevant]);
    }
    return found;
  };
  const letters: ColumnSource = { name: 'corpus-id', data: ['a', 'b', 'c', 'd'], type: 'STRING' };
  for (const type of ['FLOAT', 'DOUBLE'] as const) {
    t.deepEqual(await judge(type, [1, 0, 0.5, -1], letters), [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ]);
    await t.throwsAsync(judge(type, [1, 1, Number.NaN, 1], letters), {
      message: /test\.parquet: row 2: score must be a number, got "NaN"$/,
    });
    await t.throwsAsync(judge(type, [1, 1, null, 1], letters), {
      message: /test\.parquet: row 2: score must be a number, got null$/,
    });
    await t.throwsAsync(judge(type, [1, 1, 1, 1], { name: 'corpus-id', data: [1, 2, 3, 4], type }), {
      message: /test\.parquet: column corpus-id does not hold strings$/,
    });
  }
});

async function writeParquet(path: string, columnData: ColumnSource[]): Promise<void> {
  const writer = new ByteWriter();
  parquetWrite({ writer, columnData });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, Buffer.from(writer.getBuffer()));
}

/** A Hub that this process asks from now on, and options of a set that is built from it. */
async function hubOf(t: ExecutionContext) {
  const root = await scratch();
  const hub = await HubServer.start();
  const before = process.env.HF_ENDPOINT;
  process.env.HF_ENDPOINT = hub.endpoint;
  t.teardown(async () => {
    if (before === undefined) delete process.env.HF_ENDPOINT;
    else process.env.HF_ENDPOINT = before;
    await hub.close();
  });
  const options = { output: join(root, 'Nano'), analyzer: 'regex', hub: { cacheFolder: join(root, 'cache') } };
  return { root, hub, options };
}

test.serial('a dataset of the Hub in Nano layout is a source, and its commit is recorded', async (t) => {
  const { root, hub, options } = await hubOf(t);
  const tables = { corpus: texts('d1', 'd2'), queries: texts('q'), qrels: new Map([['q', new Map([['d2', 1]])]]) };
  for (const split of ['alpha', 'beta']) await writeNanoTask(join(root, 'hub'), split, tables);
  const commit = await hub.commitFolder('someone/full-set', join(root, 'hub'));
  await t.throwsAsync(buildNanoSet('someone/full-set', options), { message: /got 2 \("alpha", "beta"\); choose one$/ });
  const built = await buildNanoSet('someone/full-set', { ...options, split: 'alpha' });
  t.is(built.task, 'alpha');
  const { source } = await json(join(built.folder, 'manifest.json'));
  t.like(source, { name: 'someone/full-set', split: 'alpha', revision: commit });
  t.regex(source.checksums['corpus/alpha.parquet'], /^(sha256|git-sha1):/);
});

/** Files of a full benchmark: documents in two parts, scores as floating-point numbers under `data/`. */
async function parquetBenchmark(folder: string): Promise<void> {
  const ids = Array.from({ length: 40 }, (_, i) => `d${i}`);
  const strings = (name: string, data: readonly string[]): ColumnSource => ({ name, data: [...data], type: 'STRING' });
  for (const part of [0, 1]) {
    const mine = ids.filter((_, i) => i >= 20 === (part === 1));
    const rows = [
      strings('_id', mine),
      strings('title', mine),
      strings(
        'text',
        mine.map((id) => `about ${id}`),
      ),
    ];
    await writeParquet(join(folder, 'corpus', `corpus-0000${part}-of-00002.parquet`), rows);
  }
  const queries = [strings('_id', ['q1', 'q2']), strings('text', ['one', 'two'])];
  await writeParquet(join(folder, 'queries', 'queries-00000-of-00001.parquet'), queries);
  for (const split of ['test', 'train']) {
    await writeParquet(join(folder, 'data', `${split}-00000-of-00001.parquet`), [
      strings('query-id', ['q1', 'q2']),
      strings('corpus-id', split === 'test' ? ['d3', 'd33'] : ['d5', 'd6']),
      { name: 'score', data: [1, 1], type: 'DOUBLE' },
    ]);
  }
}

test.serial(
  'a benchmark of the Hub that is not in Nano layout is a source too, and only its split is fetched',
  async (t) => {
    const { root, hub, options } = await hubOf(t);
    await parquetBenchmark(join(root, 'hub'));
    const commit = await hub.commitFolder('someone/Full-Set', join(root, 'hub'));
    const built = await buildNanoSet('someone/Full-Set', { ...options, documents: 30 });
    t.is(built.task, 'full_set');
    t.like(built.metadata, {
      counts: { queries: 2, documents: 30 },
      source: { name: 'someone/Full-Set', split: 'test' },
    });
    const [task] = await openDataset(built.folder);
    t.deepEqual(
      [...(await task!.qrels()).values()].flatMap((judged) => [...judged.keys()]),
      ['d3', 'd33'],
    );
    const { source } = await json(join(built.folder, 'manifest.json'));
    t.like(source, { name: 'someone/Full-Set', split: 'test', format: 'files', revision: commit });
    t.deepEqual(Object.keys(source.checksums), [
      'corpus/corpus-00000-of-00002.parquet',
      'corpus/corpus-00001-of-00002.parquet',
      'queries/queries-00000-of-00001.parquet',
      'data/test-00000-of-00001.parquet',
    ]);
    t.false(hub.downloads.some((url) => url.includes('train')));
    const asked = hub.requests.length;
    await hub.close();
    const again = await buildNanoSet('someone/Full-Set', { ...options, documents: 30, force: true });
    t.is(hub.requests.length, asked);
    t.deepEqual(again.metadata, built.metadata);
    // The same files in a folder give the same set.
    const local = await buildNanoSet(join(root, 'hub'), {
      ...options,
      documents: 30,
      output: join(root, 'local'),
      name: 'full_set',
    });
    t.deepEqual(local.metadata.text_stats_chars, built.metadata.text_stats_chars);
  },
);

test.serial("judgements may be in a dataset of their own, as BEIR's are", async (t) => {
  const { hub, options } = await hubOf(t);
  const lines = (rows: readonly object[]) => gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const commit = hub.commit(
    'BeIR/toy',
    new Map([
      ['corpus.jsonl.gz', lines(['d1', 'd2', 'd3'].map((id) => ({ _id: id, title: '', text: `text of ${id}` })))],
      ['queries.jsonl.gz', lines([{ _id: 'q', text: 'why' }])],
    ]),
  );
  await t.throwsAsync(buildNanoSet('BeIR/toy', options), {
    name: 'InputError',
    message:
      /^BeIR\/toy: holds no judgements \(qrels\/ or data\/\), nor are they in BeIR\/toy-qrels: .*no dataset of that name/,
  });
  const judged = (document: string) => Buffer.from(`query-id\tcorpus-id\tscore\nq\t${document}\t1\n`);
  const qrelsCommit = hub.commit(
    'BeIR/toy-qrels',
    new Map([
      ['test.tsv', judged('d2')],
      ['train.tsv', judged('d3')],
    ]),
  );
  await t.throwsAsync(buildNanoSet('BeIR/toy', { ...options, split: 'dev' }), {
    message: /^BeIR\/toy\/qrels: no split "dev"; splits are test, train$/,
  });
  const built = await buildNanoSet('BeIR/toy', options);
  t.is(built.task, 'toy');
  const { source } = await json(join(built.folder, 'manifest.json'));
  t.like(source, { name: 'BeIR/toy', split: 'test', revision: commit });
  t.like(source.qrels, { name: 'BeIR/toy-qrels', revision: qrelsCommit });
  t.deepEqual(Object.keys(source.qrels.checksums), ['test.tsv']);
  const [task] = await openDataset(built.folder);
  t.deepEqual([...((await task!.qrels()).get('q') ?? [])], [['d2', 1]]);
});
