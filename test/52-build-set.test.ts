import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { auditNanoTask, checkCandidates } from '#src/build/audit-set.js';
import { type BuiltNanoSet, buildNanoSet } from '#src/build/build-nano-set.js';
import { type BuildNanoOptions, checkBuildOptions } from '#src/build/build-options.js';
import { hybridCandidates } from '#src/build/candidates.js';
import { compareIds } from '#src/common/id-order.js';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import { encoderProvider } from '#src/encoder/encoder.js';
import { evaluate } from '#src/evaluation/evaluate.js';
import { Bm25Index } from '#src/lexical/bm25-index.js';
import { fuse } from '#src/rank/fusion.js';
import { beirToy, json, letters, rowsOf, texts, textsOf, writeBeir } from './support/build-sources.js';
import { collection, scratch } from './support/collections.js';

test('a set holds tables, candidates, statistics, card and a manifest of hashes', async (t) => {
  const output = join(await scratch(), 'nested', 'NanoToy');
  const stages = new Set<string>();
  const built = await buildNanoSet(await beirToy(), {
    output,
    documents: 25,
    queries: 6,
    language: 'en',
    embeddings: encoderProvider(letters),
    onProgress: ({ stage }) => stages.add(stage),
  });
  t.like(built, { folder: output, group: 'NanoToy', task: 'toy_set' });
  t.true(stages.has('survey documents') && stages.has('encode documents') && stages.has('audit'));
  const [task] = await openDataset(output);
  t.is(task?.name, 'toy_set');
  t.deepEqual(await task?.candidateConfigs(), ['bm25', 'letter_counts_v1', 'reranking_hybrid']);
  const corpus = await textsOf(task!.corpus());
  t.is(corpus.size, 25);
  t.deepEqual([...corpus.keys()], [...corpus.keys()].sort(compareIds));
  t.true([...corpus.values()].every((text) => /^The \w+ and the \w+\n\nThey say/.test(text)));
  const lists = await Promise.all(['bm25', 'letter_counts_v1'].map((config) => rowsOf(task!, config)));
  for (const [i, { documentIds }] of (await rowsOf(task!, 'reranking_hybrid')).entries()) {
    t.deepEqual(documentIds, fuse(lists.map((rows) => rows[i]!.documentIds)).documentIds);
  }
  const metadata = await json(join(output, 'metadata', 'toy_set.json'));
  t.deepEqual(metadata, JSON.parse(JSON.stringify(built.metadata)));
  const lengths = [...corpus.values()].map((text) => [...text].length).sort((a, b) => a - b);
  t.like(metadata.text_stats_chars.documents, { count: 25, min: lengths[0], max: lengths[24], median: lengths[12] });
  t.like(metadata.candidates.bm25, { analyzer: 'english_porter_stop', depth: 500 });
  t.like(metadata.candidates.letter_counts_v1, { encoder: letters.id, encoder_fingerprint: 'letters' });
  t.deepEqual(metadata.language_detection.main_languages, ['en']);
  const manifest = await json(join(output, 'manifest.json'));
  const files = (await readdir(output, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(output.length + 1));
  t.deepEqual(Object.keys(manifest.files).sort(), files.filter((file) => file !== 'manifest.json').sort());
  for (const [file, { bytes, sha256 }] of Object.entries<{ bytes: number; sha256: string }>(manifest.files)) {
    const content = await readFile(join(output, file));
    t.deepEqual([bytes, sha256], [content.length, createHash('sha256').update(content).digest('hex')]);
  }
  t.like(manifest, { sampling: { order: 'seed', seed: 0 }, sizes: { queries: 6, documents: 25 } });
  const hybrid = await json(join(output, 'reranking_hybrid_metadata.json'));
  t.like(hybrid, { rrf_k: 100, splits: { toy_set: { safeguarded_queries: 0, rows_by_length: { 25: 6 } } } });
  const card = await readFile(join(output, 'README.md'), 'utf8');
  const { configs } = parse(card.split('---\n')[1]!);
  t.is(configs.length, 6);
  t.deepEqual(configs[0], {
    config_name: 'corpus',
    data_files: [{ split: 'toy_set', path: 'corpus/toy_set.parquet' }],
  });
});

test('aligned sets keep equal texts, and their cost is told', async (t) => {
  const root = await scratch();
  const folders = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      writeBeir(
        {
          'corpus.jsonl': [0, 1, 2].map((i) => ({ _id: `d${i}`, text: `the same passage ${i}` })),
          'queries.jsonl': [{ _id: 'q', text: 'the same question' }],
          'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq\td1\t1\n',
        },
        name,
      ),
    ),
  );
  const options = { order: 'source', analyzer: 'regex' } as const;
  const output = join(root, 'aligned');
  await t.throwsAsync(buildNanoSet(folders, { ...options, output }), { message: /^name: is needed/ });
  const built = await buildNanoSet(folders, { ...options, output, name: 'same', aligned: true });
  t.like(built.metadata.counts, { queries: 3, documents: 9, positive_qrels: 3 });
  t.is(built.metadata.duplicates.set.positives_with_twin, 3);
  const gains = [1, 2, 3].map((rank) => 1 / Math.log2(rank + 1));
  const expected = gains.reduce((sum, gain) => sum + gain / 3, 0);
  t.is(built.metadata.duplicates.set.ceiling_ndcg_at_10_expected, Number(expected.toFixed(6)));
  const { source } = await json(join(output, 'manifest.json'));
  t.deepEqual(Object.keys(source.subsets), ['a', 'b', 'c']);
  const again = await buildNanoSet(folders, { ...options, output: join(root, 'plain'), name: 'same' });
  t.like(again.metadata.counts, { queries: 1, documents: 3, positive_qrels: 1 });
  t.like(again.metadata.duplicates, { source: { positives_with_twin: 1 }, set: { positives_with_twin: 0 } });
  await t.throwsAsync(buildNanoSet([folders[0]!, folders[0]!], { ...options, output: join(root, 'x'), name: 'same' }), {
    message: /two subsets are called a$/,
  });
});

test('the hybrid draws its safeguard as HAKARI does', (t) => {
  const filler = Array.from({ length: 500 }, (_, i) => `f${String(i).padStart(3, '0')}`);
  for (const [split, queryId, positives, drawn] of [
    ['spart_qa', 'spartqa-q-63', 3, 0],
    ['toy', 'q1', 5, 0],
    ['scidocs', 'abc', 5, 4],
  ] as const) {
    const judged = new Map(Array.from({ length: positives }, (_, i) => [`p${i}`, 1]));
    const list = [{ queryId, documentIds: filler }];
    const { rows, safeguards } = hybridCandidates(list, list, new Map([[queryId, judged]]), split);
    t.deepEqual(rows[0]?.documentIds, [...filler.slice(0, 100), `p${drawn}`]);
    t.is(safeguards.get(queryId), `p${drawn}`);
  }
});

test('the audit finds what breaks a rule of candidates', (t) => {
  const ids = Array.from({ length: 120 }, (_, i) => `d${i}`);
  const corpus = new Map(ids.map((id) => [id, id]));
  const queries = new Map([['q', 'query']]);
  const qrels = new Map([['q', new Map([['d110', 1]])]]);
  const problems = (config: string, documentIds: readonly string[], queryId = 'q') => {
    const found: string[] = [];
    checkCandidates(config, [{ queryId, documentIds }], { qrels, queries, corpus }, (problem) => found.push(problem));
    return found;
  };
  const first = ids.slice(0, 100);
  t.deepEqual(problems('reranking_hybrid', [...first, 'd110']), []);
  t.deepEqual(problems('reranking_hybrid', ['d110', ...first.slice(1)]), []);
  t.deepEqual(problems('bm25', ids), []);
  t.is(problems('reranking_hybrid', first).length, 2, 'no safeguard');
  t.is(problems('reranking_hybrid', [...first, 'd111']).length, 1, 'not a positive');
  t.is(problems('reranking_hybrid', ['d110', ...first.slice(1), 'd0']).length, 1, 'one too many');
  t.is(problems('bm25', first).length, 1, 'too short');
  t.is(problems('bm25', [...ids.slice(1), 'gone']).length, 1);
  t.is(problems('bm25', [...ids.slice(1), 'd1']).length, 1);
  t.deepEqual(problems('bm25', ids, 'x').length, 2, 'another query');
});

test('the audit reads what was written and lists all that is wrong', async (t) => {
  const folder = await scratch();
  const bm25 = [{ queryId: 'q', documentIds: ['a', 'b', 'c'] }];
  await writeNanoTask(folder, 'x', {
    corpus: texts('a=one', 'b=one', 'c=two'),
    queries: texts('q', 'r'),
    qrels: new Map([['q', new Map([['gone', 1]])]]),
    candidates: { bm25 },
  });
  const [task] = await openDataset(folder);
  const { message } = (await t.throwsAsync(auditNanoTask(task!, checkBuildOptions({ output: 'never', documents: 2 })), {
    name: 'InputError',
  }))!;
  for (const problem of [
    '3 documents, more than 2',
    'document "b" has the text of "a"',
    'query "r" has no positive',
    'positive "gone" is not in the corpus',
    'bm25: query "r" has no row',
  ]) {
    t.true(message.includes(problem), message);
  }
});

test('what is wrong is said, and nothing half made is left', async (t) => {
  const folder = await beirToy();
  const root = await scratch();
  const output = join(root, 'new', 'Nano');
  const refuse = async (source: string, options: Partial<BuildNanoOptions>, message: RegExp) => {
    await t.throwsAsync(buildNanoSet(source, { output, ...options }), { name: 'InputError', message });
    t.deepEqual(await readdir(root), []);
  };
  await refuse(folder, { split: 'dev' }, /qrels: no split "dev"; splits are test$/);
  await refuse(join(folder, 'none'), {}, /no such folder/);
  await refuse(folder, { analyzer: 'nothing' }, /^analyzer "nothing": is not known/);
  await refuse(folder, { order: 'source', seed: 1 }, /^seed must be left out/);
  await refuse(folder, { aligned: true }, /^order must be source where aligned/);
  await refuse(folder, { queries: 0 }, /^queries must be/);
  await refuse(folder, { hardNegatives: 'bm25' }, /no candidates "bm25"/);
  await refuse(folder, { embeddings: encoderProvider({ ...letters, id: 'bm25' }) }, /^denseConfig must be/);
  const without = await writeBeir({ 'corpus.jsonl': [{ _id: 'd', text: 'x' }], 'queries.jsonl': [] });
  await refuse(without, {}, /qrels: no split "test"; there are no judgements$/);
  const beir = (corpus: string, qrels: string) =>
    writeBeir({ 'corpus.jsonl': corpus, 'queries.jsonl': [{ _id: 'q', text: 'x' }], 'qrels/test.tsv': qrels });
  const head = 'query-id\tcorpus-id\tscore\n';
  await refuse(await beir('{"_id":"d","text":"x"}', `${head}q\td\t0\n`), {}, /no judgement of split test is above 0$/);
  await refuse(await beir('{"_id":"d","text":"x"}', `${head}q\te\t1\n`), {}, /has a relevant document in the corpus$/);
  await refuse(await beir('{"_id":"d"}', `${head}q\td\t1\n`), {}, /corpus.jsonl:1: neither text nor title$/);
  await refuse(await beir('{"_id":"d","text":5}', `${head}q\td\t1\n`), {}, /corpus.jsonl:1: text is not a string$/);
  await refuse(await beir('', `${head}q\td\t1\n`), {}, /the corpus is empty$/);
  await refuse(await beir('{}', `${head}q\td\thigh\n`), {}, /test.tsv:2: score must be a number, got "high"$/);
  await refuse(await beir('{}', `q\td\t1\n`), {}, /test.tsv:1: no query id .*columns are "q", "d", "1"$/);
  await refuse(await beir('{}', `${head}q\td\t1\nq\td\t0\n`), {}, /"q" and "d" are judged both relevant and not$/);
  const broken = encoderProvider({
    ...letters,
    encode: async () => ({ data: new Float32Array([Number.NaN]), count: 1, dimension: 1 }),
  });
  await t.throwsAsync(buildNanoSet(folder, { output, embeddings: broken }));
  t.deepEqual(await readdir(root), []);
  const controller = new AbortController();
  const abort = ({ stage }: { stage: string }) => stage === 'audit' && controller.abort(new Error('stop'));
  const stopped = { output, signal: controller.signal, onProgress: abort };
  await t.throwsAsync(buildNanoSet(folder, stopped), { message: 'stop' });
  t.deepEqual(await readdir(root), []);
});

test('a set that is there stays, unless it is to be replaced; what is not a set always does', async (t) => {
  const [folder, root] = [await beirToy(), await scratch()];
  const output = join(root, 'Nano');
  const options = { output, analyzer: 'regex', queries: 3 };
  await buildNanoSet(folder, options);
  const before = await readFile(join(output, 'manifest.json'), 'utf8');
  await t.throwsAsync(buildNanoSet(folder, { ...options, seed: 1 }), { message: /is there and not empty/ });
  t.is(await readFile(join(output, 'manifest.json'), 'utf8'), before);
  await buildNanoSet(folder, { ...options, seed: 1, force: true });
  t.not(await readFile(join(output, 'manifest.json'), 'utf8'), before);
  t.deepEqual(await readdir(root), ['Nano']);
  await writeFile(join(root, 'mine.txt'), 'x');
  await t.throwsAsync(buildNanoSet(folder, { ...options, output: root, force: true }), { message: /is not a set/ });
  t.deepEqual((await readdir(root)).sort(), ['Nano', 'mine.txt']);
});

test('SciFact: the same seed makes the same bytes, BM25 ranks as its index does, and all profiles are weighed', async (t) => {
  const folder = collection(t, 'beir/scifact');
  if (folder === undefined) return;
  const root = await scratch();
  const make = (name: string, options: Partial<BuildNanoOptions> = {}): Promise<BuiltNanoSet> =>
    buildNanoSet(folder, {
      output: join(root, name, 'NanoSciFact'),
      documents: 1500,
      queries: 60,
      analyzer: 'english_porter_stop',
      embeddings: encoderProvider(letters),
      ...options,
    });
  const [one, two, other] = [await make('one'), await make('two'), await make('other', { seed: 1 })];
  const manifest = ({ folder: made }: BuiltNanoSet) => readFile(join(made, 'manifest.json'), 'utf8');
  t.is(await manifest(one), await manifest(two));
  t.not(await manifest(one), await manifest(other));
  const tasks = await openDataset(one.folder);
  const [task] = tasks;
  const [corpus, queries] = [await textsOf(task!.corpus()), await textsOf(task!.queries())];
  t.deepEqual([corpus.size, queries.size], [1500, 60]);
  using index = await Bm25Index.build(Array.from(corpus, ([id, text]) => ({ id, text })));
  const { indices, k } = await index.search([...queries.values()], { k: 500 });
  const ids = [...corpus.keys()];
  for (const [row, { documentIds }] of (await rowsOf(task!, 'bm25')).entries()) {
    t.deepEqual(
      documentIds,
      Array.from(indices.subarray(row * k, (row + 1) * k), (position) => ids[position]),
    );
  }
  using embeddings = encoderProvider(letters);
  const names = ['bm25', 'dense', 'reranking_hybrid'] as const;
  const scores = new Map<string, number>();
  const profiles = [
    ...names.map((name) => ({ name })),
    ...(await task!.candidateConfigs()).map((config) => ({ name: 'candidates' as const, config })),
  ];
  for await (const outcome of evaluate(tasks, { profiles, dense: { embeddings } })) {
    if ('error' in outcome) throw outcome.error;
    scores.set(outcome.profile, outcome.metrics['ndcg@10']!);
  }
  for (const [i, config] of ['bm25', 'letter_counts_v1', 'reranking_hybrid'].entries()) {
    t.is(scores.get(`candidates_${config}`), scores.get(names[i]!), 'the candidates are what the profile ranks');
  }
  t.true(scores.get('bm25')! > 0.6);
});
