import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { compareIds } from '#src/common/id-order.js';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { openDataset } from '#src/dataset/open-dataset.js';
import { writeNpy } from '#src/encoder/npy.js';
import { openEmbeddings } from '#src/encoder/open.js';
import { type EvaluateOptions, evaluate } from '#src/evaluation/evaluate.js';
import type { DenseOptions, Profile } from '#src/evaluation/profile.js';
import type { Qrels } from '#src/rank/qrels.js';
import type { Ranking } from '#src/rank/ranking.js';
import { safeguardPositive } from '#src/rank/safeguard.js';
import { renderTable } from '#src/report/table.js';
import { findPublished } from '#src/results/published.js';
import { readResult, type TaskResult, writeResult } from '#src/results/task-result.js';
import { backendStatuses } from '#src/vector/backend-statuses.js';
import { faissStatus } from '#src/vector/backends/faiss.js';
import { collection, scratch } from './support/collections.js';
import { makeToy } from './support/toy.js';

const BM25: Profile = { name: 'bm25' };

/** Evaluates and wants nothing to fail. */
async function results(folder: string, options: Partial<EvaluateOptions>, task?: string): Promise<TaskResult[]> {
  const all: TaskResult[] = [];
  for await (const outcome of evaluate(await openDataset(folder, { task }), { profiles: [BM25], ...options })) {
    if ('error' in outcome) throw outcome.error;
    all.push(outcome);
  }
  return all;
}

async function rankingsOf(folder: string, options: Partial<EvaluateOptions>): Promise<Map<string, Ranking>> {
  const rankings = new Map<string, Ranking>();
  await results(folder, { ...options, onRanking: async (ranking) => void rankings.set(ranking.queryId, ranking) });
  return rankings;
}

test('bm25 gives the published score of ailastatutes', async (t) => {
  const folder = collection(t, 'nano/NanoMMTEB-v2');
  if (folder === undefined) return;
  const [result] = await results(folder, {}, 'ailastatutes');
  const near = (measure: string, value: number) => t.true(Math.abs(result!.metrics[measure]! - value) < 1e-9, measure);
  near('ndcg@10', 0.20697288076497217);
  near('hit@10', 0.66);
  near('recall@100', 1);
  near('recall@100_micro', 1);
  t.like(result, { language: 'en', settings: { protocol: 'hakari', analyzer: 'english_porter_stop', topK: 100 } });
  t.like(result!.counts, { queries: 50, documents: 82, judgements: 217, queriesWithoutJudgements: 0 });
});

test('bm25 gives the known scores of belebele by two analyzers', async (t) => {
  const folder = collection(t, 'nano/belebele');
  if (folder === undefined) return;
  for (const [analyzer, score] of [
    ['english_porter_stop', '0.9223'],
    ['regex', '0.8888'],
  ] as const) {
    const [result] = await results(folder, { lexical: { analyzer } }, 'eng_eng');
    t.is(result!.metrics['ndcg@10']!.toFixed(4), score);
  }
});

test('a BEIR folder is weighed by the trec protocol, over its judged queries, with graded gains', async (t) => {
  const folder = collection(t, 'beir/cranfield');
  if (folder === undefined) return;
  const [result] = await results(folder, { measures: ['map', 'ndcg_cut_10'] });
  t.like(result, {
    task: 'test',
    settings: { protocol: 'trec', topK: 1000 },
    counts: { queries: 225, documents: 1400 },
  });
  t.is(result!.metrics['ndcg@10'], result!.metrics.ndcg_cut_10);
  t.true(result!.metrics['ndcg@10']! > 0.35 && result!.metrics.map! > 0.28);
});

test('the dense ranking is the cosine order, ties by id', async (t) => {
  const toy = await makeToy();
  using embeddings = await openEmbeddings(`precomputed:${toy.embeddings}`);
  const rankings = await rankingsOf(toy.folder, { profiles: [{ name: 'dense' }], dense: { embeddings }, topK: 12 });
  for (const [q, { id }] of toy.queries.entries()) {
    const cosine = (a: number[], b: number[]) =>
      a.reduce((sum, x, i) => sum + x * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
    const scores = new Map(
      toy.documents.map((document, d) => [document.id, cosine(toy.vectors.queries[q]!, toy.vectors.documents[d]!)]),
    );
    const ranking = rankings.get(id)!;
    const best = [...scores].sort(([a, x], [b, y]) => y - x || compareIds(a, b)).slice(0, 12);
    t.deepEqual(
      ranking.documentIds,
      best.map(([document]) => document),
    );
    for (const [i, [, score]] of best.entries()) t.true(Math.abs(ranking.scores[i]! - score) < 1e-6);
  }
});

test('the hybrid fuses both lists by rank, keeps 100 and appends a safeguard where no positive is left', async (t) => {
  const toy = await makeToy();
  using embeddings = await openEmbeddings(`precomputed:${toy.embeddings}`);
  const lexical = await rankingsOf(toy.folder, { topK: 500 });
  const dense = await rankingsOf(toy.folder, { profiles: [{ name: 'dense' }], dense: { embeddings }, topK: 500 });
  const hybrid = await rankingsOf(toy.folder, { profiles: [{ name: 'reranking_hybrid' }], dense: { embeddings } });
  const known = new Set(toy.documents.map(({ id }) => id));
  let safeguards = 0;
  for (const { id: queryId } of toy.queries) {
    const lists = [lexical.get(queryId)!.documentIds, dense.get(queryId)!.documentIds];
    const ranks = (id: string) => lists.map((list) => list.indexOf(id) + 1).filter((rank) => rank > 0);
    const score = (id: string) => ranks(id).reduce((sum, rank) => sum + 1 / (100 + rank), 0);
    const kept = [...known]
      .sort((a, b) => score(b) - score(a) || Math.min(...ranks(a)) - Math.min(...ranks(b)) || compareIds(a, b))
      .slice(0, 100);
    const positives = [...toy.relevant.get(queryId)!.keys()].filter((id) => known.has(id));
    const safeguard = safeguardPositive({ split: 'toy', queryId, kept, positives });
    if (safeguard !== undefined) safeguards++;
    t.deepEqual(hybrid.get(queryId)!.documentIds, kept);
    t.is(hybrid.get(queryId)!.safeguard, safeguard);
  }
  t.true(safeguards > 0, 'the toy has queries that need a safeguard');
  const [result] = await results(toy.folder, { profiles: [{ name: 'reranking_hybrid' }], dense: { embeddings } });
  t.like(result, { counts: { safeguardPositives: safeguards }, settings: { rrfK: 100, firstStageDepth: 500 } });
});

test('candidates are scored as they stand, without strangers and repeats', async (t) => {
  const toy = await makeToy();
  const profiles: Profile[] = [{ name: 'candidates', config: 'bm25' }];
  const rankings = await rankingsOf(toy.folder, { profiles });
  t.deepEqual(rankings.get('q5')!.documentIds, ['d3', 'd1', 'd2']);
  t.deepEqual(rankings.get('q0')!.documentIds, [], 'a query without a row');
  const [result] = await results(toy.folder, { profiles });
  t.like(result, {
    profile: 'candidates_bm25',
    counts: { droppedCandidates: 38, queriesWithoutCandidates: 1, rankingsWithoutDocuments: 1 },
  });
  t.is(result!.counts.queriesAveraged, 20, 'it stays in the mean with 0');
});

test('profiles weighed together score what each scores alone', async (t) => {
  const toy = await makeToy();
  using embeddings = await openEmbeddings(`precomputed:${toy.embeddings}`);
  const profiles: Profile[] = [BM25, { name: 'dense' }, { name: 'reranking_hybrid' }];
  const together = await results(toy.folder, { profiles, dense: { embeddings } });
  for (const [i, profile] of profiles.entries()) {
    const [alone] = await results(toy.folder, { profiles: [profile], dense: { embeddings } });
    t.deepEqual(together[i]!.metrics, alone!.metrics);
    t.deepEqual(together[i]!.counts, alone!.counts);
  }
});

test('exact backends give the same figures and settings, and say which of them searched', async (t) => {
  const toy = await makeToy();
  using embeddings = await openEmbeddings(`precomputed:${toy.embeddings}`);
  const profiles: Profile[] = [{ name: 'dense' }, { name: 'reranking_hybrid' }];
  const plain = await results(toy.folder, { profiles, dense: { embeddings } });
  for (const { backend, available: here } of await backendStatuses()) {
    if (!here) continue;
    const found = await results(toy.folder, { profiles, dense: { embeddings, backend } });
    for (const [i, { metrics, settings, vectorSearch }] of found.entries()) {
      t.deepEqual([metrics, settings], [plain[i]!.metrics, plain[i]!.settings]);
      t.like(vectorSearch, { backend, exact: true });
      // A corpus as small as the toy is scanned in float32 by simd; what another backend finds has to be scored.
      t.is(vectorSearch!.scored > 0, backend !== 'simd');
    }
  }
  t.like(plain[0], { settings: { precision: 'float32' }, vectorSearch: { backend: 'simd', exact: true } });
  t.false('rescore' in plain[0]!.settings);
  const [lexical] = await results(toy.folder, {});
  t.is(lexical!.vectorSearch, undefined);
});

test('a lower precision moves scores, is recorded and is marked in the table', async (t) => {
  const toy = await makeToy();
  using embeddings = await openEmbeddings(`precomputed:${toy.embeddings}`);
  const profiles: Profile[] = [{ name: 'dense' }, { name: 'reranking_hybrid' }];
  const [exact] = await results(toy.folder, { profiles, dense: { embeddings } });
  const found = await results(toy.folder, { profiles, dense: { embeddings, precision: 'binary' } });
  for (const result of found) {
    t.like(result, { settings: { precision: 'binary', rescore: false }, vectorSearch: { exact: false, scored: 0 } });
  }
  t.notDeepEqual(found[0]!.metrics, exact!.metrics);
  const both = renderTable([exact!, ...found].map((result) => ({ result })));
  t.regex(both, /│ +Dense │ +Dense │ +Dense │ +Dense │ +Hybrid │ +Hybrid │/);
  t.regex(both, /│ +\(binary\) │ +\(binary\) │ +\(binary\) │ +\(binary\) │/);
  t.regex(both, /^Dense \(binary\), Hybrid \(binary\): vectors were searched approximately;/m);
  const figures = [exact!, found[0]!].map(({ metrics }) => metrics['ndcg@10']!.toFixed(4));
  t.regex(both, new RegExp(`${figures[0]}.*${figures[1]}`));
  t.notRegex(renderTable([{ result: exact! }]), /approximate/);

  // Rescoring the best 100 of 150 moves what was left out; all of them, nothing.
  const rescored = async (topK: number) =>
    results(toy.folder, { profiles, topK, dense: { embeddings, precision: 'binary', rescore: true } });
  const [hundred] = await rescored(100);
  t.like(hundred, { settings: { rescore: true }, vectorSearch: { exact: false, scored: 20 * 100 } });
  t.true(renderTable([{ result: hundred! }]).includes('Dense (binary rescored): '));
  const [all] = await rescored(150);
  const [exactly] = await results(toy.folder, { profiles, topK: 150, dense: { embeddings } });
  t.deepEqual(all!.metrics, exactly!.metrics);
});

const faiss = (await faissStatus()).available || process.env.CI ? test : test.skip;

faiss('an approximate index of Faiss is recorded with its parameters and marked', async (t) => {
  const toy = await makeToy();
  using embeddings = await openEmbeddings(`precomputed:${toy.embeddings}`);
  const search = async (faiss: DenseOptions['faiss']) =>
    results(toy.folder, { profiles: [{ name: 'dense' }], dense: { embeddings, backend: 'faiss', faiss } });
  const [probed] = await search({ factory: 'IVF4,Flat', parameters: 'nprobe=1' });
  t.like(probed, {
    settings: { precision: 'float32', faissFactory: 'IVF4,Flat', faissParameters: 'nprobe=1' },
    vectorSearch: { backend: 'faiss', exact: false, fallbacks: 0 },
  });
  t.regex(String(probed!.settings.faissVersion), /^\d+\.\d+\.\d+$/);
  t.true(renderTable([{ result: probed! }]).includes('Dense (IVF4,Flat nprobe=1): '));
  const [flat] = await search({ factory: 'Flat' });
  t.like(flat!.vectorSearch, { backend: 'faiss', exact: true });
  t.regex(String(flat!.vectorSearch?.detail), /^Faiss \d+\.\d+\.\d+, Flat$/);
  t.deepEqual(
    Object.keys(flat!.settings).filter((name) => name.startsWith('faiss')),
    [],
  );
  // Of four lists one was looked at, so that documents are missing from every ranking of 100 out of 150.
  t.true(probed!.metrics['recall@100']! < flat!.metrics['recall@100']!);
  // Told before the corpus is encoded.
  await t.throwsAsync(search({ factory: 'nope' }), { name: 'InputError', message: /^factory: .*nope/ });
  await t.throwsAsync(search({ factory: 'PQ3' }), { name: 'InputError' });
});

test('a result says how vectors were searched when it is read back, and one of before is read still', async (t) => {
  const toy = await makeToy();
  using embeddings = await openEmbeddings(`precomputed:${toy.embeddings}`);
  const [result] = await results(toy.folder, { profiles: [{ name: 'dense' }], dense: { embeddings } });
  const output = await scratch();
  t.deepEqual((await readResult(await writeResult(output, result!)))?.vectorSearch, result!.vectorSearch);
  const { vectorSearch, ...before } = result!;
  t.is((await readResult(await writeResult(output, before)))?.vectorSearch, undefined);
  t.true(renderTable([{ result: before }]).includes('Dense │'));
});

test('what fails on one task does not end the others', async (t) => {
  const toy = await makeToy();
  const { folder } = await makeToy();
  await writeFile(join(folder, 'corpus', 'toy.parquet'), 'not parquet');
  const tasks = [...(await openDataset(folder)), ...(await openDataset(toy.folder))];
  const outcomes = [];
  for await (const outcome of evaluate(tasks, { profiles: [BM25, { name: 'candidates', config: 'none' }] }))
    outcomes.push(outcome);
  t.deepEqual(
    outcomes.map((outcome) => 'error' in outcome),
    [true, true, false, true],
  );
  const [broken, , , missing] = outcomes;
  t.true('error' in broken! && broken.error.message.includes(join('corpus', 'toy.parquet')));
  t.true('error' in missing! && missing.error.message.includes('candidate configs are bm25'));
});

test('embeddings of another table are refused', async (t) => {
  const toy = await makeToy();
  const matrix = (count: number) => ({ data: new Float32Array(count * 8).fill(1), count, dimension: 8 });
  for (const [file, count, message] of [
    ['queries.npy', 21, /queries\.npy: has 21 rows, the table has 20/],
    ['corpus.npy', 151, /corpus\.npy: has 151 rows, the table has 150/],
  ] as const) {
    const { embeddings: folder } = await makeToy();
    await writeNpy(join(folder, file), matrix(count));
    using embeddings = await openEmbeddings(`precomputed:${folder}`);
    await t.throwsAsync(results(toy.folder, { profiles: [{ name: 'dense' }], dense: { embeddings } }), { message });
  }
});

test('an aborted evaluation rejects with the reason of the signal', async (t) => {
  const toy = await makeToy();
  const reason = new Error('enough');
  await t.throwsAsync(results(toy.folder, { signal: AbortSignal.abort(reason) }), { is: reason });
});

test('a safeguard does not count when the ranking is measured', async (t) => {
  const toy = await makeToy();
  using embeddings = await openEmbeddings(`precomputed:${toy.embeddings}`);
  const options = { dense: { embeddings }, topK: 3, measures: ['num_rel_ret', 'recall@150'] };
  const rankings = await rankingsOf(toy.folder, { ...options, profiles: [{ name: 'reranking_hybrid' }] });
  const [result] = await results(toy.folder, { ...options, profiles: [{ name: 'reranking_hybrid' }] });
  let found = 0;
  for (const [queryId, { documentIds }] of rankings) {
    found += documentIds.filter((id) => toy.relevant.get(queryId)!.has(id)).length;
  }
  t.true([...rankings.values()].some(({ safeguard }) => safeguard !== undefined));
  t.is(result!.metrics.num_rel_ret, found);
});

test('means by the protocol hakari are those of Python, to the published digit', async (t) => {
  const folder = collection(t, 'nano/NanoMMTEB-v2');
  if (folder === undefined) return;
  const [result] = await results(folder, {}, 'ailastatutes');
  t.is(result!.metrics['ndcg@10'], 0.20697288076497222);
});

test('published figures are shown only beside the same data, by the same protocol', async (t) => {
  const folder = collection(t, 'nano/NanoMMTEB-v2');
  if (folder === undefined) return;
  const [result] = await results(folder, {}, 'ailastatutes');
  t.is((await findPublished(result!))?.['ndcg@10'], 0.20697288076497222);
  t.is(await findPublished({ ...result!, counts: { ...result!.counts, documents: 81 } }), undefined);
  t.is(await findPublished({ ...result!, settings: { ...result!.settings, protocol: 'trec' } }), undefined);
  t.is(await findPublished({ ...result!, group: '../groups/NanoMMTEB-v2' }), undefined);
});

test('options that cannot be are refused before any work', async (t) => {
  const toy = await makeToy();
  const refused = (options: object, message: RegExp) =>
    t.throwsAsync(results(toy.folder, options), { name: 'InputError', message });
  await refused(
    { profiles: [{ name: 'hybrid' }] },
    /^profile must be one of bm25, dense, reranking_hybrid, candidates/,
  );
  await refused({ profiles: [{ name: 'dense' }] }, /^profile dense: needs an encoder/);
  await refused({ profiles: [{ name: 'candidates', config: '../x' }] }, /^candidates must be a plain file name/);
  await refused({ topK: 0 }, /^topK must be/);
  await refused({ topK: -1 }, /^topK must be/);
  await refused({ measures: ['ndcg@0'] }, /ndcg@0/);
  await refused({ protocol: 'x' }, /^protocol must be/);
  await refused({ profiles: null }, /^profiles must be an array/);
  let asked = 0;
  const forTask = async () => {
    asked++;
    throw new Error('not to be reached');
  };
  const dense = async (options: object, message: RegExp) =>
    refused({ profiles: [{ name: 'dense' }], dense: { embeddings: { id: 'x', forTask }, ...options } }, message);
  await dense({ embeddings: undefined }, /^profile dense: needs an encoder/);
  await dense({ metric: 'l2' }, /^metric must be one of cosine, dot/);
  await dense({ backend: 'gpu' }, /^backend must be one of auto, simd, /);
  await dense({ precision: 'int4' }, /^precision must be one of float32, float16, int8, binary/);
  await dense({ precision: 'int8', backend: 'tfjs' }, /^precision int8: only the backend simd has it, not tfjs$/);
  await dense({ rescore: true }, /^rescore: float32 scores are exact already$/);
  await dense({ faiss: { factory: 'HNSW32' } }, /^faiss: not for the backend simd$/);
  await dense({ backend: 'faiss', faiss: { factory: 5 } }, /^faiss\.factory must be a string, got 5$/);
  await dense({ backend: 'faiss', faiss: { load: 'x.faiss' } }, /^faiss\.load: not for an evaluation$/);
  t.is(asked, 0);
});

test('judgements that are no maps are named', async (t) => {
  const toy = await makeToy();
  const [task] = await openDataset(toy.folder);
  const judged = async (qrels: unknown) => {
    const { group, name, path, format } = task!;
    const broken = {
      ...task!,
      group,
      name,
      path,
      format,
      queries: () => task!.queries(),
      qrels: async () => qrels as Qrels,
    };
    for await (const outcome of evaluate([broken], { profiles: [BM25] }))
      return 'error' in outcome ? outcome.error : outcome;
    return undefined;
  };
  t.like(await judged({}), {
    name: 'InputError',
    message: `${task!.path}: task toy: qrels must be a Map of query ids to Maps of document ids to grades, got an object (Object)`,
  });
  t.like(await judged(new Map([['q', { d: 1 }]])), { name: 'InputError' });
});

test('a task of which nothing can be measured is an error', async (t) => {
  const root = await scratch();
  const empty = join(root, 'Empty');
  await writeNanoTask(empty, 'x', { corpus: [{ id: 'd', text: 'a' }], queries: [], qrels: new Map() });
  await t.throwsAsync(results(empty, {}), { name: 'InputError', message: /task x: there are no queries/ });
});
