import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'ava';
import fc from 'fast-check';
import { composeAnalyzer, type SplitRule } from '#src/analysis/analyzer.js';
import { ANALYZER_NAMES, checkAnalyzerSpec, openAnalyzer } from '#src/analysis/open-analyzer.js';
import { ownCopy } from '#src/common/own-copy.js';
import { porterStem } from './support/porter.js';
import { anyText, codePoints, knownCodePoints, python } from './support/python-text.js';
import { type SlowRule, slowSplit } from './support/slow-split.js';

const splitBy = (rule: SplitRule) => composeAnalyzer({ name: rule, rule, engines: {} }).tokenize;

test('whitespace is what Python splits on', (t) => {
  const split = splitBy('whitespace');
  const space = codePoints(python.space);
  for (const point of knownCodePoints()) {
    const pieces = split(`x${String.fromCodePoint(point)}y`).length;
    if (pieces !== (space.has(point) ? 2 : 1)) t.fail(`U+${point.toString(16)} gives ${pieces} pieces`);
  }
  t.deepEqual(split(' \t'), []);
});

test("word characters are those of Python's \\w", (t) => {
  const split = splitBy('words');
  const word = codePoints(python.word);
  for (const point of knownCodePoints()) {
    if (split(String.fromCodePoint(point)).length !== Number(word.has(point))) t.fail(`U+${point.toString(16)}`);
  }
  t.pass();
});

test("lower case of every code point is that of Python's str.lower", (t) => {
  const split = splitBy('whitespace');
  const space = codePoints(python.space);
  const lower: string[] = [];
  for (const point of knownCodePoints()) {
    const character = String.fromCodePoint(point);
    if (point < 0xd800 || point > 0xdfff) lower.push(space.has(point) ? character : split(character).join(' '));
  }
  t.is(createHash('sha256').update(lower.join('\n')).digest('hex'), python.lower);
});

test('whitespace, regex and english_regex give what Python gives', async (t) => {
  t.true(python.texts.length > 100);
  const names = ['regex', 'whitespace', 'english_regex'];
  const [regex, whitespace, englishRegex] = await Promise.all(names.map((name) => openAnalyzer(name)));
  for (const [text, words, pieces, english] of python.texts) {
    t.deepEqual(regex!.tokenize(text), words, JSON.stringify(text));
    t.deepEqual(whitespace!.tokenize(text), pieces, JSON.stringify(text));
    t.deepEqual(englishRegex!.tokenize(text), english, JSON.stringify(text));
  }
});

for (const rule of ['whitespace', 'words', 'words_of_two', 'ascii_words'] as const satisfies readonly SlowRule[]) {
  test(`the core's rule ${rule} is the regular expression`, (t) => {
    const split = splitBy(rule);
    fc.assert(fc.property(anyText, (text) => t.deepEqual(split(text), slowSplit(rule, text))));
  });
}

test('a lone surrogate is the replacement character, whoever splits', (t) => {
  t.deepEqual(splitBy('whitespace')('a\ud800b \udc00'), ['a\ufffdb', '\ufffd']);
  t.deepEqual(splitBy('words')('a\ud800b'), ['a', 'b']);
});

test("Porter stems are NLTK's", async (t) => {
  const porter = await openAnalyzer('english_porter');
  const lines = (await readFile('test/golden/porter.tsv', 'utf8')).trim().split('\n');
  const pairs = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t') as [string, string]);
  t.true(pairs.length > 500);
  for (const [word, stem] of pairs) {
    t.is(porterStem(word), stem, word);
    t.deepEqual(porter.tokenize(word), [stem], word);
  }
});

const endings = ['ing', 'ed', 'ies', 'ly', 'ational', 'ness', 'alli', 'logi', 'e', 'll', 's', 'y'];
const englishWord = fc
  .tuple(
    fc.string({ unit: fc.constantFrom('a', 'e', 'i', 'y', 'b', 'l', 's', 't', 'z', 'w', '1'), maxLength: 6 }),
    fc.constantFrom('', ...endings),
    fc.constantFrom('', ...endings),
  )
  .map((parts) => parts.join(''));

test('Porter stems of any word are those of the slow stemmer', async (t) => {
  const porter = await openAnalyzer('english_porter');
  fc.assert(
    fc.property(fc.array(englishWord), (words) => {
      const expected = words.filter((word) => word !== '').map(porterStem);
      t.deepEqual(porter.tokenize(words.join(' ')), expected);
    }),
    { numRuns: 1000 },
  );
});

test('stop words go before stemming, and only the 74 on the list', async (t) => {
  const stop = await openAnalyzer('english_porter_stop');
  const list =
    'a an and are as at be been being but by for from had has have he her hers him his i if in into is it its itself ' +
    'me my myself of on or our ours ourselves she so than that the their theirs them themselves then there these ' +
    'they this those to too up very was we were what when where which who whom why will with you your yours ' +
    'yourself yourselves';
  t.is(list.split(' ').length, 74);
  t.deepEqual(stop.tokenize(list.toUpperCase()), []);
  t.deepEqual(stop.tokenize('Not no do does did how can could would should about am'), [
    ...['not', 'no', 'do', 'doe', 'did', 'how', 'can', 'could', 'would', 'should', 'about', 'am'],
  ]);
  t.deepEqual(stop.tokenize('bed beings'), ['bed', 'be'], 'a stem that is a stop word stays');
  t.deepEqual(stop.tokenize("The universities' 2020s_CPUs enjoyed ties"), ['univers', '2020', 'cpu', 'enjoy', 'tie']);
  t.deepEqual((await openAnalyzer('english_porter')).tokenize('The ties'), ['the', 'tie']);
});

const OTHER_STOP_WORDS =
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to ' +
  'was will with';

test("bm25s_english drops words of one character and bm25s's 33 stop words, then stems as NLTK's Snowball", async (t) => {
  const analyzer = await openAnalyzer('bm25s_english');
  t.is(OTHER_STOP_WORDS.split(' ').length, 33);
  t.deepEqual(analyzer.tokenize(OTHER_STOP_WORDS.toUpperCase()), []);
  t.deepEqual(analyzer.tokenize("We x don't generously do_it 2020s I have NaÏve flies"), [
    ...['we', 'don', 'generous', 'do_it', '2020s', 'have', 'naïv', 'fli'],
  ]);
  t.deepEqual(analyzer.tokenize('organization emergence realization'), ['organ', 'emerg', 'realize'], 'as NLTK');
});

test("lucene_english drops possessives and Lucene's 33 stop words, then stems as Porter did in 1980", async (t) => {
  const analyzer = await openAnalyzer('lucene_english');
  t.deepEqual(analyzer.tokenize(OTHER_STOP_WORDS), []);
  t.deepEqual(analyzer.tokenize("The dog's boss' O'Neil’s can't flies dies skies 3.5 e-mail"), [
    ...['dog', 'boss', "o'neil", "can't", 'fli', 'di', 'ski', '3.5', 'e', 'mail'],
  ]);
});

test('stages run in order: segment or rule, then the core, then the filter, which may drop', (t) => {
  const stages = { name: 'toy', coreFilter: { stopWords: ['drop', 'DROP'] }, engines: {} };
  const filter = (token: string) => (token === 'two' ? undefined : `${token}!`);
  const byRule = composeAnalyzer({ ...stages, rule: 'whitespace', filter });
  t.deepEqual(byRule.tokenize('One DROP two  three'), ['one!', 'three!']);
  const segment = (text: string) => (text.includes(',') ? text.split(',') : undefined);
  const either = composeAnalyzer({ ...stages, rule: 'whitespace', segment, filter });
  t.deepEqual(either.tokenize('One DROP'), ['one!']);
  t.deepEqual(either.tokenize('One,DROP,two,x'), ['One!', 'x!'], 'what was segmented is not lower-cased');
  t.deepEqual(composeAnalyzer({ name: 'toy', segment, engines: {} }).tokenize('A,A'), ['A', 'A']);
});

test('an analyzer that cuts nothing is refused', (t) => {
  const error = { name: 'InputError', message: /^analyzer toy: / };
  t.throws(() => composeAnalyzer({ name: 'toy', engines: {} }), error);
  t.throws(() => composeAnalyzer({ name: 'toy', segment: () => undefined, engines: {} }).tokenize('x'), error);
});

test('an own copy equals its source, whatever it holds', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 40 }), (text) => {
      t.is(ownCopy(text), text);
    }),
  );
});

const NAMES =
  'whitespace, regex, english_regex, english_porter, english_porter_stop, bm25s_english, lucene_english, icu, stemmer, ' +
  'wordseg, transformer';

test('a wrong name of an analyzer is an error that says what is right', async (t) => {
  t.is(ANALYZER_NAMES.join(', '), NAMES);
  const wrong: [spec: string, problem: string][] = [
    ['Regex', `is not known; choose one of ${NAMES}`],
    ['', `is not known; choose one of ${NAMES}`],
    ['toString', `is not known; choose one of ${NAMES}`],
    ['regex:de', 'regex takes no argument'],
    ['stemmer:', 'nothing stands behind the colon'],
  ];
  for (const [spec, problem] of wrong) {
    const error = { name: 'InputError', message: `analyzer ${JSON.stringify(spec)}: ${problem}` };
    await t.throwsAsync(openAnalyzer(spec), error);
    t.throws(() => checkAnalyzerSpec(spec), error);
  }
  await t.throwsAsync(openAnalyzer(undefined as never), { name: 'InputError', message: /^analyzer must be a name/ });
  const withOptions = (options: unknown, message: RegExp) =>
    t.throwsAsync(openAnalyzer('stemmer', options as never), { name: 'InputError', message });
  await withOptions({ language: 5 }, /^language must be the code of a language, got 5$/);
  await withOptions(null, /^options must be an object, got null$/);
});

test('a megabyte without a space is one token and no trouble', async (t) => {
  for (const name of ['english_porter_stop', 'regex', 'whitespace', 'lucene_english', 'icu', 'stemmer:german']) {
    const analyzer = await openAnalyzer(name);
    for (const word of ['y', 'ational', 'x1']) {
      const tokens = analyzer.tokenize(word.repeat(1_000_000 / word.length));
      t.true(name === 'lucene_english' ? tokens.length > 1000 : tokens.length === 1, name);
    }
  }
});
