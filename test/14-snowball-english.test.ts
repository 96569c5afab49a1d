import { readFile } from 'node:fs/promises';
import test from 'ava';
import { nltkSnowballEnglish } from '#src/analysis/snowball-english-nltk.js';

test("English Snowball stems are NLTK's", async (t) => {
  const lines = (await readFile('test/golden/snowball-english-nltk.tsv', 'utf8')).trim().split('\n');
  const pairs = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t') as [string, string]);
  t.true(pairs.length > 500);
  for (const [word, stem] of pairs) t.is(nltkSnowballEnglish(word), stem, word);
});

test('where NLTK leaves the published description, its answer is given', (t) => {
  const answers = { realization: 'realize', realizer: 'realize', translationally: 'translate', strated: 'strat' };
  for (const [word, stem] of Object.entries(answers)) t.is(nltkSnowballEnglish(word), stem);
  t.is(nltkSnowballEnglish('inning'), 'inning');
  t.is(nltkSnowballEnglish("inning's"), 'in');
});

test('a character is one letter, however many UTF-16 units it has', (t) => {
  for (const consonant of ['b', 'é', '日', '\u{1d41b}']) {
    t.is(nltkSnowballEnglish(`a${consonant}`), `a${consonant}`);
    t.is(nltkSnowballEnglish(`a${consonant}ing`), `a${consonant}e`);
    t.is(nltkSnowballEnglish(`${consonant}ies`), `${consonant}ie`);
    t.is(nltkSnowballEnglish(`${consonant}y's`), `${consonant}y`);
  }
});

test('a word of a million letters has a stem', (t) => {
  for (const letters of ['b', 'e', 'ay', "'"]) {
    const stem = `inter${letters.repeat(1_000_000 / letters.length)}k`;
    t.true(nltkSnowballEnglish(`${stem}fulness`) === stem, letters);
  }
});
