import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'ava';
import fc from 'fast-check';
import { composeAnalyzer } from '#src/analysis/analyzer.js';
import { lowerCase } from '#src/analysis/lower-case.js';
import { ANALYZER_NAMES, openAnalyzer } from '#src/analysis/open-analyzer.js';
import { chooseAnalyzer } from '#src/analysis/policy.js';
import { porterStem } from '#src/analysis/porter.js';
import { splitWords } from '#src/analysis/regex.js';
import { DocumentTokenIds, QueryTokenIds, Vocabulary } from '#src/analysis/token-ids.js';
import { splitOnWhitespace } from '#src/analysis/whitespace.js';
import { ownCopy } from '#src/common/own-copy.js';

interface PythonText {
  readonly unassigned: string;
  readonly space: string;
  readonly word: string;
  readonly lower: string;
  readonly texts: readonly (readonly [text: string, regex: string[], whitespace: string[], englishRegex: string[]])[];
}

const python: PythonText = JSON.parse(await readFile('test/golden/python-text.json', 'utf8'));

/** Code points of `9-d 20 85`, hexadecimal. */
function codePoints(ranges: string): Set<number> {
  const points = new Set<number>();
  for (const range of ranges.split(' ')) {
    const [first = Number.NaN, last = first] = range.split('-').map((point) => Number.parseInt(point, 16));
    for (let point = first; point <= last; point++) points.add(point);
  }
  return points;
}

/** Every code point that Python's version of Unicode knows; newer ones may be letters to one and not to the other. */
function* knownCodePoints(): Generator<number> {
  const unassigned = codePoints(python.unassigned);
  for (let point = 0; point < 0x110000; point++) if (!unassigned.has(point)) yield point;
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('a', 'B', 'Σ', 'İ', '_', '7', ' ', '\u0301', '語', '\ud800', '\u{1d400}', 'running'),
  }),
);

test('whitespace is what Python splits on', (t) => {
  const space = codePoints(python.space);
  for (const point of knownCodePoints()) {
    const pieces = splitOnWhitespace(`x${String.fromCodePoint(point)}y`).length;
    if (pieces !== (space.has(point) ? 2 : 1)) t.fail(`U+${point.toString(16)} gives ${pieces} pieces`);
  }
  t.deepEqual(splitOnWhitespace(' \t'), []);
});

test("word characters are those of Python's \\w", (t) => {
  const word = codePoints(python.word);
  for (const point of knownCodePoints()) {
    if (splitWords(String.fromCodePoint(point)).length !== Number(word.has(point))) t.fail(`U+${point.toString(16)}`);
  }
  t.pass();
});

test("lower case of every code point is that of Python's str.lower", (t) => {
  const lower: string[] = [];
  for (const point of knownCodePoints()) {
    if (point < 0xd800 || point > 0xdfff) lower.push(lowerCase(String.fromCodePoint(point)));
  }
  t.is(createHash('sha256').update(lower.join('\n')).digest('hex'), python.lower);
});

test('whitespace, regex and english_regex give what Python gives', (t) => {
  t.true(python.texts.length > 100);
  const [regex, whitespace, englishRegex] = ['regex', 'whitespace', 'english_regex'].map(openAnalyzer);
  for (const [text, words, pieces, english] of python.texts) {
    t.deepEqual(regex!.tokenize(text), words, JSON.stringify(text));
    t.deepEqual(whitespace!.tokenize(text), pieces, JSON.stringify(text));
    t.deepEqual(englishRegex!.tokenize(text), english, JSON.stringify(text));
  }
});

test("Porter stems are NLTK's", async (t) => {
  const lines = (await readFile('test/golden/porter.tsv', 'utf8')).trim().split('\n');
  const pairs = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t') as [string, string]);
  t.true(pairs.length > 500);
  for (const [word, stem] of pairs) t.is(porterStem(word), stem, word);
});

test('stop words go before stemming, and only the 74 on the list', (t) => {
  const stop = openAnalyzer('english_porter_stop');
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
  t.deepEqual(openAnalyzer('english_porter').tokenize('The ties'), ['the', 'tie']);
});

for (const name of ANALYZER_NAMES) {
  test(`${name}: tokenizing is splitting, then filtering token by token`, (t) => {
    const analyzer = openAnalyzer(name);
    t.is(analyzer.name, name);
    fc.assert(
      fc.property(anyText, (text) => {
        const expected = analyzer.split(text).map(analyzer.filter);
        t.deepEqual(
          analyzer.tokenize(text),
          expected.filter((token) => token !== undefined),
        );
        t.deepEqual(openAnalyzer(name).tokenize(text), analyzer.tokenize(text), 'nothing is remembered wrongly');
      }),
    );
  });
}

test('filters run in order until one drops the token, once per distinct token', (t) => {
  const seen: string[] = [];
  const analyzer = composeAnalyzer(
    'toy',
    (text) => text.split(','),
    (token) => (token === 'drop' ? undefined : `${token}!`),
    (token) => {
      seen.push(token);
      return token.slice(0, -1);
    },
  );
  t.deepEqual(analyzer.tokenize('a,drop,a,,b,drop'), ['a', 'a', '', 'b']);
  t.deepEqual(seen, ['a!', '!', 'b!']);
});

test('an own copy equals its source, whatever it holds', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 40 }), (text) => {
      t.is(ownCopy(text), text);
    }),
  );
});

test('an analyzer that is unknown or not here yet is an error that lists the others', (t) => {
  for (const name of ['Regex', '', 'toString', 'english']) {
    t.throws(() => openAnalyzer(name), {
      name: 'InputError',
      message: `analyzer "${name}": is not known; choose one of whitespace, regex, english_regex, english_porter, english_porter_stop`,
    });
  }
  for (const name of ['stemmer', 'wordseg', 'transformer']) {
    t.throws(() => openAnalyzer(name), {
      name: 'InputError',
      message: /of HAKARI that this version does not have; choose/,
    });
  }
});

test('the policy follows category and declared language', (t) => {
  const analyzer = (language?: string | string[], category?: 'code' | 'natural_language') =>
    chooseAnalyzer({ name: 'toy', language, category }).analyzer;
  t.is(analyzer('en'), 'english_porter_stop');
  t.is(analyzer('en', 'natural_language'), 'english_porter_stop');
  t.is(analyzer('EN_us'), 'english_porter_stop');
  t.is(analyzer(['en', 'en-GB']), 'english_porter_stop');
  for (const language of ['bn', 'te']) t.is(analyzer(language), 'whitespace');
  for (const language of ['fa', 'sw', 'yo', 'da', 'bg', 'it', 'pt', 'nl', 'xx']) t.is(analyzer(language), 'regex');
  for (const language of ['en', 'zh', 'multilingual', undefined]) t.is(analyzer(language, 'code'), 'regex');
  t.deepEqual(chooseAnalyzer({ name: 'toy', language: 'da' }), {
    analyzer: 'regex',
    why: 'the declared language is da',
  });
});

test('a task without a declared language is taken for English, and that is said', (t) => {
  for (const language of [undefined, '', []]) {
    const choice = chooseAnalyzer({ name: 'toy', language });
    t.is(choice.analyzer, 'english_porter_stop');
    t.regex(choice.why, /not declared/);
  }
});

test("where HAKARI needs what is not here, the error names HAKARI's analyzer and the option", (t) => {
  const refusal = (language: string | string[]) =>
    t.throws(() => chooseAnalyzer({ name: 'toy', language }), { name: 'InputError' }).message;
  for (const language of ['ja', 'zh', 'th', 'ko', 'vi', 'zh-Hans']) t.regex(refusal(language), /the analyzer wordseg/);
  for (const language of ['ar', 'de', 'es', 'fi', 'fr', 'hi', 'id', 'ru']) t.regex(refusal(language), /stemmer/);
  for (const language of ['multilingual', ['en', 'fr']]) t.regex(refusal(language), /detecting the language/);
  t.is(
    refusal('fr'),
    'task toy: for the declared language fr HAKARI uses the analyzer stemmer, which this version does not have; choose ' +
      'one with --analyzer (whitespace, regex, english_regex, english_porter, english_porter_stop)',
  );
});

const tokenLists = fc.array(
  fc.array(fc.constantFrom('a', 'b', 'c', '', '__proto__', 'longer than thirteen'), { maxLength: 8 }),
);

test('documents fill the vocabulary, queries only look up', (t) => {
  fc.assert(
    fc.property(tokenLists, tokenLists, (documents, queries) => {
      const vocabulary = new Vocabulary();
      const documentIds = new DocumentTokenIds(vocabulary);
      for (const tokens of documents) documentIds.add(tokens);
      const queryIds = new QueryTokenIds(vocabulary);
      for (const tokens of queries) queryIds.add(tokens);

      const terms = [...new Set(documents.flat())];
      t.is(vocabulary.size, terms.length);
      for (const term of terms) t.is(vocabulary.find(term), terms.indexOf(term));

      const known = queries.map((tokens) => tokens.filter((token) => terms.includes(token)));
      for (const [rows, lists] of [[documentIds.rows(), documents] as const, [queryIds.rows(), known] as const]) {
        t.is(rows.offsets.length, lists.length + 1);
        t.is(rows.ids.length, lists.flat().length);
        for (const [i, list] of lists.entries()) {
          const ids = rows.ids.subarray(rows.offsets[i], rows.offsets[i + 1]);
          t.deepEqual(
            Array.from(ids, (id) => terms[id]),
            list,
          );
        }
      }
      t.is(queryIds.withoutTokens, queries.filter((tokens) => tokens.length === 0).length);
      t.is(queryIds.withoutKnownTokens, known.filter((tokens) => tokens.length === 0).length);
    }),
  );
});

test('token ids survive growth, and what was handed out does not change', (t) => {
  const documents = new DocumentTokenIds(new Vocabulary());
  documents.add(['first']);
  const early = documents.rows();
  for (let i = 0; i < 5000; i++) documents.add([`t${i}`, 'first']);
  t.deepEqual([early.offsets, early.ids], [Uint32Array.of(0, 1), Uint32Array.of(0)]);
  const { offsets, ids } = documents.rows();
  t.is(offsets.length, 5002);
  t.deepEqual(ids.subarray(offsets[5000], offsets[5001]), Uint32Array.of(5000, 0));
});

test('a megabyte without a space is one token and no trouble', (t) => {
  for (const name of ['english_porter_stop', 'regex', 'whitespace']) {
    for (const word of ['y', 'ational', 'x1']) {
      const tokens = openAnalyzer(name).tokenize(word.repeat(1_000_000 / word.length));
      t.is(tokens.length, 1, name);
    }
  }
});
