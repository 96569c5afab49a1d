import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readNpy, writeNpy } from '#src/encoder/npy.js';
import { coreConfiguration } from '#src/native/addon.js';
import { collection, scratch } from './support/collections.js';
import { tenbin } from './support/tenbin.js';
import { makeToy } from './support/toy.js';

test('evaluate prints the table with the published figure and writes one result', async (t) => {
  const dataset = collection(t, 'nano/NanoMMTEB-v2');
  if (dataset === undefined) return;
  const output = await scratch();
  const { code, stdout } = await tenbin([
    'evaluate',
    'bm25',
    '--dataset',
    dataset,
    '--task',
    'ailastatutes',
    '--output',
    output,
  ]);
  t.is(code, 0);
  t.regex(stdout, /ailastatutes.*en.*50.*82.*0\.2070.*1\.0000/);
  t.regex(stdout, /0\.2070 \+0\.0000/);
  const result = JSON.parse(await readFile(join(output, 'NanoMMTEB-v2', 'ailastatutes', 'bm25.json'), 'utf8'));
  t.true(Math.abs(result.metrics['ndcg@10'] - 0.20697288076497217) < 1e-9);
  t.deepEqual(await readdir(output), ['NanoMMTEB-v2']);
});

test('all profiles give the same bytes on every instruction set and thread count', async (t) => {
  const toy = await makeToy();
  const output = await scratch();
  const profiles = { bm25: 'bm25', dense: 'dense', hybrid: 'reranking_hybrid' };
  for (const encoder of [`precomputed:${toy.embeddings}`, 'use-lite']) {
    for (const [profile, file] of Object.entries(profiles)) {
      if (profile === 'bm25' && encoder === 'use-lite') continue;
      const seen = new Set<string>();
      for (const isa of coreConfiguration().isas.usable) {
        for (const threads of ['1', '2']) {
          const run = join(output, 'run.txt');
          const args = [
            'evaluate',
            profile,
            '--dataset',
            toy.folder,
            '--encoder',
            encoder,
            '--output',
            output,
            '--run',
            run,
          ];
          const { code, stderr } = await tenbin(args, { TENBIN_ISA: isa, TENBIN_THREADS: threads });
          t.is(code, 0, stderr);
          const { metrics, environment } = JSON.parse(
            await readFile(join(output, 'Toy', 'toy', `${file}.json`), 'utf8'),
          );
          t.deepEqual([environment.isa, environment.threads], [isa, Number(threads)]);
          seen.add(`${JSON.stringify(metrics)}\n${await readFile(run, 'utf8')}`);
        }
      }
      t.is(seen.size, 1, `${profile} with ${encoder}`);
    }
  }
});

test('a backend that is not to be had here is told by its option, with how to get it', async (t) => {
  const toy = await makeToy();
  const output = join(await scratch(), 'output');
  const args = ['evaluate', 'dense', '--dataset', toy.folder, '--encoder', `precomputed:${toy.embeddings}`];
  const missing = await tenbin([...args, '--backend', 'faiss-node', '--output', output], {
    TENBIN_FAISS_NODE: '',
  });
  t.is(missing.code, 1);
  t.regex(missing.stderr, /^tenbin: --backend faiss-node: .*npm install faiss-node[^\n]*\n$/);
  t.false(existsSync(output));
});

test('evaluate searches as it is told to and says so', async (t) => {
  const toy = await makeToy();
  const output = await scratch();
  const args = ['evaluate', 'dense', 'hybrid', '--dataset', toy.folder, '--encoder', `precomputed:${toy.embeddings}`];
  const { code, stdout, stderr } = await tenbin([...args, '--precision', 'int8', '--rescore', '--output', output]);
  t.is(code, 0, stderr);
  t.regex(stdout, /^Dense \(int8 rescored\), Hybrid \(int8 rescored\): vectors were searched approximately/m);
  for (const profile of ['dense', 'reranking_hybrid']) {
    const result = JSON.parse(await readFile(join(output, 'Toy', 'toy', `${profile}.json`), 'utf8'));
    t.like(result, {
      settings: { precision: 'int8', rescore: true },
      vectorSearch: { backend: 'simd', exact: false, fallbacks: 0 },
    });
  }
  const exact = await tenbin([...args, '--backend', 'tfjs', '--output', output]);
  t.is(exact.code, 0, exact.stderr);
  t.notRegex(exact.stdout, /approximate/);
  const result = JSON.parse(await readFile(join(output, 'Toy', 'toy', 'dense.json'), 'utf8'));
  t.like(result.vectorSearch, { backend: 'tfjs', exact: true });
});

test('the run that evaluate writes is scored alike by score', async (t) => {
  const dataset = collection(t, 'beir/cranfield');
  if (dataset === undefined) return;
  const output = await scratch();
  const run = join(output, 'run.txt');
  t.is(
    (await tenbin(['evaluate', 'bm25', '--dataset', dataset, '--output', output, '--run', run, '--measures', 'map']))
      .code,
    0,
  );
  const { metrics } = JSON.parse(await readFile(join(output, 'cranfield', 'test', 'bm25.json'), 'utf8'));
  const args = [
    'score',
    '--qrels',
    join(dataset, 'qrels', 'test.tsv'),
    '--run',
    run,
    '--measures',
    'ndcg@10,recall@100,map',
    '--json',
  ];
  const scored = JSON.parse((await tenbin(args)).stdout);
  t.deepEqual(scored.metrics, { 'ndcg@10': metrics['ndcg@10'], 'recall@100': metrics['recall@100'], map: metrics.map });
});

test('score prints what trec_eval prints', async (t) => {
  const folder = collection(t, 'trec_eval');
  if (folder === undefined) return;
  const { code, stdout } = await tenbin([
    'score',
    '--qrels',
    join(folder, 'qrels.test'),
    '--run',
    join(folder, 'results.test'),
  ]);
  t.is(code, 0);
  t.is(stdout, await readFile(join(folder, 'out.test'), 'utf8'));
});

test('--explain prints the parts of a score, for ids with colons too', async (t) => {
  const root = await scratch();
  await mkdir(join(root, 'qrels'));
  await writeFile(
    join(root, 'corpus.jsonl'),
    '{"_id": "d:1", "text": "red fish red"}\n{"_id": "d:2", "text": "blue"}\n',
  );
  await writeFile(join(root, 'queries.jsonl'), '{"_id": "q::a", "text": "Red unknown fish"}\n');
  await writeFile(join(root, 'qrels', 'test.tsv'), 'query-id\tcorpus-id\tscore\nq::a\td:1\t1\n');
  const bm25 = ['--bm25-method', 'lucene', '--analyzer', 'regex', '--quantize-lengths', '--k1', '1.2'];
  const { stdout, stderr, code } = await tenbin([
    'evaluate',
    'bm25',
    '--dataset',
    root,
    '--explain',
    'q::a:d:1',
    ...bm25,
  ]);
  t.is(code, 0, stderr);
  // norm = 0.25 + 0.75 * 3 / 2, idf = ln(1 + 1.5 / 1.5)
  const contribution = (tf: number) => Math.fround(Math.fround(Math.log(2)) * (tf / (1.2 * 1.375 + tf)));
  const lines = stdout.split('\n');
  t.is(lines[0], `query q::a, document d:1: score ${Math.fround(contribution(2) + contribution(1))}`);
  t.deepEqual(lines.slice(1, 4), [
    '3 tokens, 2.00 on average',
    'analyzer regex (given)',
    'method lucene, k1 1.2, b 0.75, quantizeLengths true',
  ]);
  t.deepEqual(
    lines.slice(7, 10).map((line) => line.split('│').map((cell) => cell.trim())),
    [
      ['', 'red', '1', '0.693147', '2', '0.547945', '0.379807', ''],
      ['', 'unknown', '0', '0.000000', '0', '0.000000', '0.000000', ''],
      ['', 'fish', '1', '0.693147', '1', '0.377358', '0.261565', ''],
    ],
  );
  t.deepEqual(await readdir(root), ['corpus.jsonl', 'qrels', 'queries.jsonl']);
});

test('wrong input ends in one line that names it, a status of 1, and no result', async (t) => {
  const toy = await makeToy();
  const root = await scratch();
  const output = join(root, 'output');
  const run = join(root, 'run.txt');

  const corrupt = (await makeToy()).folder;
  await writeFile(join(corrupt, 'queries', 'toy.parquet'), 'PAR1 nothing PAR1');
  const beir = join(root, 'beir');
  await mkdir(join(beir, 'qrels'), { recursive: true });
  await writeFile(join(beir, 'corpus.jsonl'), '{"_id": "1", "text": "a"}\n{"_id": \n');
  await writeFile(join(beir, 'queries.jsonl'), '{"_id": "q", "text": "a"}\n');
  await writeFile(join(beir, 'qrels', 'test.tsv'), 'query-id\tcorpus-id\tscore\nq\t1\t1\n');
  const twice = join(root, 'twice');
  await mkdir(join(twice, 'qrels'), { recursive: true });
  await writeFile(join(twice, 'corpus.jsonl'), '{"_id": "1", "text": "a"}\n{"_id": "1", "text": "b"}\n');
  await writeFile(join(twice, 'queries.jsonl'), '{"_id": "q", "text": "a"}\n');
  await writeFile(join(twice, 'qrels', 'test.tsv'), 'query-id\tcorpus-id\tscore\nq\t1\t1\n');
  const poisoned = (await makeToy()).embeddings;
  const corpus = await readNpy(join(poisoned, 'corpus.npy'));
  corpus.data[7 * 8 + 3] = Number.NaN;
  await writeNpy(join(poisoned, 'corpus.npy'), corpus);
  const truncated = (await makeToy()).embeddings;
  await writeFile(join(truncated, 'queries.npy'), (await readFile(join(truncated, 'queries.npy'))).subarray(0, 200));

  const good = ['bm25', '--dataset', toy.folder];
  const dense = ['dense', '--dataset', toy.folder, '--encoder'];
  const cases: [string[], RegExp][] = [
    [[...good, '--task', 'nope'], /no task "nope"; tasks are toy/],
    [['bm25', '--dataset', join(root, 'nowhere')], /nowhere: no such folder/],
    [['bm25', '--dataset', corrupt], /queries\/toy\.parquet: /],
    [['bm25', '--dataset', beir], /corpus\.jsonl:2: /],
    [['bm25', '--dataset', twice], /corpus\.jsonl:2: .*"1"/],
    [[...good, '--analyzer', 'klingon'], /analyzer "klingon"/],
    [[...good, '--top-k', '0'], /--top-k must be a whole number of at least 1, got 0/],
    [[...good, '--top-k', 'ten'], /--top-k must be a number, got "ten"$/],
    [[...good, '--topK=ten'], /--topK must be a number, got "ten"$/],
    [[...good, '--k1', 'abc'], /--k1 must be a number, got "abc"$/],
    [[...good, '--language', 'xx'], /--language must be the code of a language \(ar, bn, de, en, .*\), got "xx"$/],
    [[...good, '--k1', '-1'], /--k1 must be a number above 0, got -1/],
    [[...good, '--b', '2'], /--b must be a number in \[0, 1\], got 2/],
    [[...good, '--bm25-method', 'bm26'], /bm25-method.*robertson/],
    [[...good, '--delta', '1'], /--delta: is of the methods bm25l and bm25\+/],
    [[...good, '--bm25-method', 'bm25l', '--delta', '-1'], /--delta must be a number in \[0, 1000000\], got -1/],
    [[...good, '--explain', 'q1'], /q1: is no query and document of the task/],
    [[...dense, 'use-lite', '--explain', 'q1:d1'], /--explain: is of the profile bm25/],
    [[...good, '--protocol', 'x'], /protocol.*hakari/],
    [[...good, '--measures', 'ndcg@0'], /ndcg@0/],
    [[...good, '--frobnicate'], /frobnicate/],
    [[...good, '--b', ''], /--b: its value is empty/],
    [[...good, '--run='], /--run: its value is empty/],
    [[...good, '--k1'], /k1/],
    [[...good, '--no-run'], /no-?run/i],
    [[...good, '--task', 'toy', '--task', 'toy'], /--task: given more than once/],
    [['klingon', '--dataset', toy.folder], /klingon/],
    [[...good, '--run', toy.folder], /--run: .* is there and is not a file/],
    [['dense', '--dataset', toy.folder], /--encoder is needed/],
    [[...dense, 'use-lite', '--backend', 'gpu'], /backend.*"auto", "simd", "faiss"/],
    [[...dense, 'use-lite', '--precision', 'int4'], /precision.*"float16"/],
    [[...dense, 'use-lite', '--rescore'], /--rescore: float32 scores are exact already/],
    [
      [...dense, 'use-lite', '--precision', 'int8', '--backend', 'tfjs'],
      /--precision int8: only the backend simd has it, not tfjs/,
    ],
    [[...dense, 'use-lite', '--faiss-factory', 'HNSW32'], /--faiss-factory: is of the backend faiss/],
    [[...dense, 'use-lite', '--faiss-parameters', 'nprobe=2'], /--faiss-parameters: is of the backend faiss/],
    [[...dense, 'oracle'], /encoder must be one of use-lite.*"oracle"/],
    [[...dense, `precomputed:${join(root, 'nowhere')}`], /nowhere/],
    [[...dense, `precomputed:${poisoned}`], /corpus\.npy: row 7, dimension 3 is NaN/],
    [[...dense, `precomputed:${truncated}`], /queries\.npy: /],
    [['candidates', '--dataset', toy.folder, '--candidates', 'nope'], /nope/],
    [[...good, '--run', join(toy.folder, 'corpus', 'toy.parquet', 'run.txt')], /toy\.parquet.*cannot be written/],
    [['bm25', 'candidates', '--dataset', toy.folder, '--run', run], /--run: one run holds one task and one profile/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await tenbin(['evaluate', ...args, '--output', output]);
    const lines = stderr.split('\n').filter((line) => line.startsWith('tenbin: '));
    t.is(code, 1, args.join(' '));
    t.is(lines.length, 1, stderr);
    t.regex(lines[0]!, message);
    t.notRegex(stderr, /\n {4}at /, 'no stack');
    t.is(stdout, '');
    t.false(existsSync(output), args.join(' '));
    t.false(existsSync(run));
  }
  for (const unwritable of ['/dev/null/x', '/proc/x']) {
    const { code, stderr } = await tenbin(['evaluate', ...good, '--output', unwritable]);
    t.is(code, 1);
    t.true(stderr.includes(`tenbin: ${unwritable}`), stderr);
  }
});

test('a run that cannot be finished is not left half written', async (t) => {
  const toy = await makeToy();
  const root = await scratch();
  await appendFile(join(toy.embeddings, 'corpus.npy'), 'x');
  const args = ['evaluate', 'dense', '--dataset', toy.folder, '--encoder', `precomputed:${toy.embeddings}`];
  const { code } = await tenbin([...args, '--output', join(root, 'output'), '--run', join(root, 'run.txt')]);
  t.is(code, 1);
  t.deepEqual(await readdir(root), []);
});

test('Ctrl-C ends an evaluation with status 130 and leaves nothing half written', async (t) => {
  const toy = await makeToy();
  const root = await scratch();
  const args = [
    'evaluate',
    'dense',
    '--dataset',
    toy.folder,
    '--encoder',
    'use-lite',
    '--output',
    join(root, 'output'),
  ];
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args, '--run', join(root, 'run.txt')]);
  child.stderr.once('data', () => child.kill('SIGINT'));
  const [code] = await once(child, 'close');
  t.is(code, 130);
  t.deepEqual(await readdir(root), []);
});

test('commands explain themselves', async (t) => {
  const { code, stdout } = await tenbin(['--help']);
  t.is(code, 0);
  for (const command of ['evaluate', 'score', 'quickstart']) t.true(stdout.includes(command));
  t.regex((await tenbin(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  t.regex((await tenbin([])).stderr, /^tenbin: a command is needed/);
});

test('a reader that goes away costs neither the run nor the result', async (t) => {
  const toy = await makeToy();
  const root = await scratch();
  const run = join(root, 'run.txt');
  const args = ['evaluate', 'bm25', '--dataset', toy.folder, '--output', join(root, 'output'), '--run', run];
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args]);
  child.stdout.destroy();
  child.stderr.destroy();
  const [code] = await once(child, 'close');
  t.is(code, 0);
  t.deepEqual((await readdir(root)).sort(), ['output', 'run.txt']);
});

test('a core that cannot be used is told before the work', async (t) => {
  const toy = await makeToy();
  const args = ['evaluate', 'bm25', '--dataset', toy.folder, '--output', await scratch()];
  const { code, stderr } = await tenbin(args, { TENBIN_ISA: 'avx1024' });
  t.is(code, 1);
  t.regex(stderr, /^tenbin: TENBIN_ISA: [^\n]*\n$/);
});
