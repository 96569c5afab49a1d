import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { installedVersion } from '#src/common/installed-version.js';
import { writeNanoTask } from '#src/dataset/nano-writer.js';
import { scratch } from './support/collections.js';
import { tenbin } from './support/tenbin.js';

test('analyze prints the tokens of a text, one a line', async (t) => {
  const { code, stdout, stderr } = await tenbin(['analyze', '--analyzer', 'english_porter_stop', 'The ties of 2020s']);
  t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'tie\n2020\n', stderr: '' });
});

test('analyze reads standard input where no text is given', async (t) => {
  const args = ['analyze', '--analyzer', 'stemmer', '--language', 'de'];
  t.deepEqual(await tenbin(args, {}, 'Häuser\nund Wälder\n'), { code: 0, stdout: 'haus\nund\nwald\n', stderr: '' });
  t.deepEqual(await tenbin(args, {}, ''), { code: 0, stdout: '', stderr: '' });
  const { code, stderr } = await tenbin(args, {}, Uint8Array.of(0x61, 0xff));
  t.deepEqual({ code, stderr }, { code: 1, stderr: 'tenbin: standard input: not UTF-8\n' });
});

test('analyze --json says which engines there were', async (t) => {
  const { stdout } = await tenbin(['analyze', '--analyzer', 'wordseg:th', '--json', 'ภาษาไทย ง่าย']);
  t.deepEqual(JSON.parse(stdout), {
    analyzer: 'wordseg:th',
    engines: { icu: process.versions.icu, unicode: process.versions.unicode },
    tokens: ['ภาษา', 'ไทย', ' ', 'ง่าย'],
  });
});

test('a wrong use of analyze is one line', async (t) => {
  const cases: [string[], RegExp][] = [
    [['text'], /^tenbin: .*analyzer/],
    [['--analyzer', 'klingon', 'text'], /^tenbin: analyzer "klingon": is not known; choose one of /],
    [['--analyzer', 'stemmer', 'text'], /^tenbin: analyzer stemmer: of which language\?/],
    [['--analyzer', 'stemmer:xx', 'text'], /^tenbin: language "xx": there is no stemmer/],
    [['--analyzer', 'stemmer', '--language', 'klingon', 'text'], /^tenbin: --language must be the code of a language/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await tenbin(['analyze', ...args]);
    t.is(code, 1);
    t.regex(stderr, message);
    t.is(stderr.split('\n').length, 2, stderr);
  }
});

const documents = [
  { id: 'd1', text: 'Die Häuser stehen am Ufer des Sees.' },
  { id: 'd2', text: 'Der Wald im Norden ist sehr alt.' },
  { id: 'd3', text: 'Drei Brücken führen über den breiten Fluss.' },
  { id: 'd4', text: 'Im Winter ist die Straße gesperrt.' },
  { id: 'd5', text: 'Der Markt beginnt am frühen Morgen.' },
];
const queries = [
  { id: 'q1', text: 'Welches Haus steht am Ufer?' },
  { id: 'q2', text: 'Welche Wälder sind alt?' },
  { id: 'q3', text: '???' },
];
const qrels = new Map([
  ['q1', new Map([['d1', 1]])],
  ['q2', new Map([['d2', 1]])],
  ['q3', new Map([['d3', 1]])],
]);

test('evaluate picks the analyzer by the language, detected, given, or beside --analyzer, and records why', async (t) => {
  const root = await scratch();
  const folder = join(root, 'German');
  await writeNanoTask(folder, 'toy', { corpus: documents, queries, qrels });
  const [stemmer, detector] = ['multilingual-stemmer', 'fasttext.wasm.js'].map(
    (name) => `${name} ${installedVersion(name)}`,
  );
  const detected = 'no language declared, 3 queries voted: de 2, en 1';
  const cases: [string[], object][] = [
    [[], { analyzer: 'stemmer:german', analyzerReason: detected, analyzerEngines: `${stemmer}, ${detector}` }],
    [['--language', 'de'], { analyzer: 'stemmer:german', analyzerReason: 'the language given is de' }],
    [['--language', 'it'], { analyzer: 'regex', analyzerReason: 'the language given is it' }],
    [['--analyzer', 'stemmer', '--language', 'sv'], { analyzer: 'stemmer:swedish', analyzerReason: 'given' }],
    [['--analyzer', 'stemmer:de'], { analyzer: 'stemmer:german', analyzerEngines: stemmer }],
  ];
  for (const [args, settings] of cases) {
    const { code, stdout, stderr } = await tenbin(['evaluate', 'bm25', '--dataset', folder, '--output', root, ...args]);
    t.is(code, 0, stderr);
    const result = JSON.parse(await readFile(join(root, 'German', 'toy', 'bm25.json'), 'utf8'));
    t.like(result.settings, settings);
    t.is(result.counts.queriesWithoutTokens, 1);
    t.regex(stdout, /toy, BM25: 1 queries have no token by this analyzer\./);
    if (result.settings.analyzer === 'stemmer:german') t.is(result.metrics['hit@10'] > 0, true);
  }
  const { code, stderr } = await tenbin(['evaluate', 'bm25', '--dataset', folder, '--analyzer', 'stemmer']);
  t.deepEqual([code, /analyzer stemmer: of which language\?/.test(stderr)], [1, true]);
  const klingon = await tenbin(['evaluate', 'bm25', '--dataset', folder, '--language', 'klingon']);
  t.deepEqual([klingon.code, /--language must be the code of a language/.test(klingon.stderr)], [1, true]);
});
