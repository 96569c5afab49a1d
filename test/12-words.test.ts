import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';
import fc from 'fast-check';
import { chunks } from '#src/analysis/chunks.js';
import { openAnalyzer } from '#src/analysis/open-analyzer.js';
import { openSnowball, STEMMER_LANGUAGES } from '#src/analysis/snowball.js';
import { intlInsteadOf } from '#src/analysis/wordseg/intl.js';
import { WORDSEG_LANGUAGES } from '#src/analysis/wordseg/wordseg.js';
import { installedVersion } from '#src/common/installed-version.js';
import { tryPeer } from '#src/common/peer.js';
import { anyText } from './support/python-text.js';

const inputError = (message: RegExp) => ({ name: 'InputError', message });

test('every language has words with their stems by PyStemmer', async (t) => {
  const files = await readdir('test/golden/snowball');
  t.deepEqual(
    STEMMER_LANGUAGES.map((language) => `${language}.tsv`),
    files.sort(),
  );
});

for (const language of STEMMER_LANGUAGES) {
  test(`stems of ${language} are PyStemmer's`, async (t) => {
    const { stem } = await openSnowball(language);
    const lines = (await readFile(`test/golden/snowball/${language}.tsv`, 'utf8')).trim().split('\n');
    const pairs = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t') as [string, string]);
    t.is(pairs.length, 300);
    for (const [word, expected] of pairs) t.is(stem(word), expected, word);
  });
}

test('stemmer is regex, then the stem, its language by argument or beside it', async (t) => {
  const german = await openAnalyzer('stemmer:german');
  t.is(german.name, 'stemmer:german');
  t.deepEqual(german.engines, { 'multilingual-stemmer': installedVersion('multilingual-stemmer') });
  t.deepEqual(german.tokenize('Die Häuser, WÄLDER und Straßen!'), ['die', 'haus', 'wald', 'und', 'strass']);
  const names: [spec: string, language: string | undefined][] = [
    ['stemmer:de', undefined],
    ['stemmer:de-AT', undefined],
    ['stemmer:German', undefined],
    ['stemmer', 'de'],
    ['stemmer', 'german'],
    ['stemmer:de', 'fr'],
  ];
  for (const [spec, language] of names) t.is((await openAnalyzer(spec, { language })).name, 'stemmer:german', spec);
  t.is((await openAnalyzer('stemmer:nb')).name, 'stemmer:norwegian');
  await t.throwsAsync(openAnalyzer('stemmer'), inputError(/^analyzer stemmer: of which language\? Write stemmer:de/));
  await t.throwsAsync(
    openAnalyzer('stemmer:klingon'),
    inputError(/^language "klingon": there is no stemmer for it; those that there are: arabic, armenian, .*yiddish$/),
  );
});

test('a piece holds 4,000 code points, and the pieces are the text', (t) => {
  t.deepEqual(chunks(''), ['']);
  const unit = fc.constantFrom('a', ' ', '語', '\u{20000}', '\ud800', '\udc00');
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 40 }), fc.integer({ min: 1, max: 400 }), (units, times) => {
      const text = units.join('').repeat(times);
      const pieces = chunks(text);
      t.is(pieces.join(''), text);
      for (const [i, piece] of pieces.entries()) {
        const length = Array.from(piece).length;
        t.true(i === pieces.length - 1 ? length <= 4000 : length === 4000);
      }
    }),
  );
});

test('Chinese is cut by Jieba, all pieces kept', async (t) => {
  const analyzer = await openAnalyzer('wordseg:zh-Hans');
  t.is(analyzer.name, 'wordseg:zh');
  t.deepEqual(Object.keys(analyzer.engines), ['@node-rs/jieba']);
  // By Python's jieba 0.42.1.
  t.deepEqual(analyzer.tokenize('我来到北京清华大学'), ['我', '来到', '北京', '清华大学']);
  t.deepEqual(analyzer.tokenize('他来到了网易杭研大厦。'), ['他', '来到', '了', '网易', '杭研', '大厦', '。']);
  t.deepEqual(analyzer.tokenize('COVID-19 疫苗'), ['COVID', '-', '19', ' ', '疫苗']);
});

test('Japanese is cut by Lindera into surface forms, spaces left out, case and punctuation kept', async (t) => {
  const analyzer = await openAnalyzer('wordseg:ja');
  t.deepEqual(Object.keys(analyzer.engines), ['lindera-wasm-nodejs-ipadic']);
  t.deepEqual(analyzer.tokenize('すもももももももものうち。'), [
    'すもも',
    'も',
    'もも',
    'も',
    'もも',
    'の',
    'うち',
    '。',
  ]);
  t.deepEqual(analyzer.tokenize('Node で\n東京都に行く!'), ['Node', 'で', '東京', '都', 'に', '行く', '!']);
});

test('Thai, Korean and Vietnamese are cut by ICU, each keeping what HAKARI keeps', async (t) => {
  const tokens = async (spec: string, text: string) => {
    const analyzer = await openAnalyzer(spec);
    t.deepEqual(analyzer.engines, { icu: process.versions.icu!, unicode: process.versions.unicode! });
    return analyzer.tokenize(text);
  };
  t.deepEqual(await tokens('wordseg:th', 'ภาษาไทย 2 A.'), ['ภาษา', 'ไทย', ' ', '2', ' ', 'A', '.']);
  t.deepEqual(await tokens('wordseg:ko', '서울은 한국의  수도.'), ['서울은', '한국의', '수도', '.']);
  t.deepEqual(await tokens('wordseg:vi', 'Thành phố, HÀ Nội!'), ['thành', 'phố', 'hà', 'nội']);
});

test('text longer than a piece is cut at the piece, as HAKARI does', async (t) => {
  const analyzer = await openAnalyzer('wordseg', { language: 'ko' });
  t.deepEqual(analyzer.tokenize(`${'가'.repeat(3999)}나다`), [`${'가'.repeat(3999)}나`, '다']);
});

test('wordseg without its language, or with one that it lacks, is an error that lists those it has', async (t) => {
  await t.throwsAsync(openAnalyzer('wordseg'), inputError(/^analyzer wordseg: of which language\?/));
  await t.throwsAsync(openAnalyzer('wordseg:de'), inputError(/^language "de": wordseg .*: ja, ko, th, vi, zh$/));
  t.deepEqual([...WORDSEG_LANGUAGES], ['ja', 'ko', 'th', 'vi', 'zh']);
});

test('without its package a language is cut by ICU, and the engines say so', async (t) => {
  t.is(await tryPeer(() => import(`${'no'}-such-package`)), undefined);
  await t.throwsAsync(
    tryPeer(() => Promise.reject(new Error('broken'))),
    { message: 'broken' },
  );
  const { cut, engines } = intlInsteadOf('@node-rs/jieba', 'zh');
  t.is(cut('北京 大学。').join(''), '北京 大学。');
  t.deepEqual(engines, {
    icu: process.versions.icu!,
    unicode: process.versions.unicode!,
    '@node-rs/jieba': 'not installed (npm install @node-rs/jieba)',
  });
});

test('icu keeps marks in their words and cuts scripts without spaces by dictionary', async (t) => {
  const { tokenize } = await openAnalyzer('icu');
  t.deepEqual(tokenize('हिन्दी में, বাংলা ভাষা'), ['हिन्दी', 'में', 'বাংলা', 'ভাষা']);
  t.deepEqual(tokenize('Cafe\u0301 NAI\u0308VE'), ['cafe\u0301', 'nai\u0308ve']);
  t.deepEqual(tokenize('ภาษาไทยง่าย Easy!'), ['ภาษา', 'ไทย', 'ง่าย', 'easy']);
  t.deepEqual(tokenize('我喜欢北京。 3.5'), ['我', '喜欢', '北京', '3.5']);
  for (const text of ['가\u0301', '가\u0301 語']) t.is(tokenize(text)[0], '가\u0301');
});

test("icu's words are those of Intl.Segmenter, whoever cuts", async (t) => {
  const { tokenize } = await openAnalyzer('icu');
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
  // To ICU a word that ends in marks behind an underscore is none; ours counts as it does without them.
  const withoutMarks = ({ segment }: Intl.SegmentData) => {
    const bare = segment.replace(/[\p{M}\p{Cf}]+$/u, '');
    return bare !== segment && segmenter.segment(bare).containing(0)?.isWordLike;
  };
  // To ICU, Hangul does not keep its marks; the cedilla (of a newer Unicode) and a filler of Khitan are letters.
  const text = anyText.map((text) => text.replaceAll(/(?<=\p{Script=Hangul})[\p{M}\p{Cf}]+|[\u00b8\u{16fe4}]/gu, ''));
  fc.assert(
    fc.property(text, (text) => {
      const words = Array.from(segmenter.segment(text)).filter((piece) => piece.isWordLike || withoutMarks(piece));
      t.deepEqual(
        tokenize(text),
        words.map(({ segment }) => segment.toLowerCase()),
      );
    }),
  );
});
