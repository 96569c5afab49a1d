// The English Snowball stemmer ("Porter2") as NLTK's SnowballStemmer('english') answers it, which bm25s's published
// figures were made with. Rules: https://snowball.tartarus.org/algorithms/english/stemmer.html. NLTK's answers leave the
// description in three places, each marked "NLTK:" below. A character that is not a vowel counts as a consonant.

const VOWEL = /[aeiouy]/;
const VOWEL_THEN_CONSONANT = /[aeiouy][^aeiouy]/u;
const ENDS_IN_SHORT_SYLLABLE = /^[aeiouy][^aeiouy]$|[^aeiouy][aeiouy][^aeiouywxY]$/u;
const ENDS_IN_DOUBLE = /(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/;

/** Words whose stem the rules would get wrong; NLTK: it knows them only as they stand here, not with an apostrophe. */
const SPECIAL_STEMS: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ skis: 'ski', skies: 'sky', dying: 'die', lying: 'lie', tying: 'tie' }),
  ...Object.entries({ idly: 'idl', gently: 'gentl', ugly: 'ugli', early: 'earli', only: 'onli', singly: 'singl' }),
  ...['sky', 'news', 'howe', 'atlas', 'cosmos', 'bias', 'andes'].map((word) => [word, word] as const),
  ...['inning', 'outing', 'canning', 'herring', 'earring', 'proceed', 'exceed', 'succeed'].flatMap((word) => [
    [word, word] as const,
    [`${word}s`, word] as const,
  ]),
]);

/** R1 starts after these, where its general definition would start it earlier. */
const R1_PREFIX = /^(?:gener|commun|arsen)/;

interface Rule {
  readonly suffix: string;
  readonly replacement: string;
  /** The letters one of which must stand before the suffix. */
  readonly after?: string;
  /** The suffix must lie in R2, not only in R1. */
  readonly inR2?: true;
  /**
   * NLTK: it keeps R2 as a string of its own, of which nothing is left where it is shorter than this suffix. So
   * `realization` gives `realize`, where Snowball still sees the final e in R2 and gives `realiz`.
   */
  readonly emptiesR2?: true;
}

const STEP_2: readonly Rule[] = [
  { suffix: 'ization', replacement: 'ize', emptiesR2: true },
  { suffix: 'ational', replacement: 'ate' },
  { suffix: 'fulness', replacement: 'ful' },
  { suffix: 'ousness', replacement: 'ous' },
  { suffix: 'iveness', replacement: 'ive' },
  { suffix: 'tional', replacement: 'tion' },
  { suffix: 'biliti', replacement: 'ble' },
  { suffix: 'lessli', replacement: 'less' },
  { suffix: 'entli', replacement: 'ent' },
  { suffix: 'ation', replacement: 'ate' },
  { suffix: 'alism', replacement: 'al' },
  { suffix: 'aliti', replacement: 'al' },
  { suffix: 'ousli', replacement: 'ous' },
  { suffix: 'iviti', replacement: 'ive' },
  { suffix: 'fulli', replacement: 'ful' },
  { suffix: 'enci', replacement: 'ence' },
  { suffix: 'anci', replacement: 'ance' },
  { suffix: 'abli', replacement: 'able' },
  { suffix: 'izer', replacement: 'ize', emptiesR2: true },
  { suffix: 'ator', replacement: 'ate' },
  { suffix: 'alli', replacement: 'al' },
  { suffix: 'bli', replacement: 'ble' },
  { suffix: 'ogi', replacement: 'og', after: 'l' },
  { suffix: 'li', replacement: '', after: 'cdeghkmnrt' },
];

const STEP_3: readonly Rule[] = [
  { suffix: 'ational', replacement: 'ate', emptiesR2: true },
  { suffix: 'tional', replacement: 'tion' },
  { suffix: 'alize', replacement: 'al' },
  { suffix: 'icate', replacement: 'ic' },
  { suffix: 'iciti', replacement: 'ic' },
  { suffix: 'ative', replacement: '', inR2: true },
  { suffix: 'ical', replacement: 'ic' },
  { suffix: 'ness', replacement: '' },
  { suffix: 'ful', replacement: '' },
];

const STEP_4_SUFFIXES = 'ement ance ence able ible ment ant ent ism ate iti ous ive ize al er ic'.split(' ');

const STEP_4: readonly Rule[] = [
  { suffix: 'ion', replacement: '', after: 'st', inR2: true },
  ...STEP_4_SUFFIXES.map((suffix) => ({ suffix, replacement: '', inR2: true }) as const),
];

/** A word on its way to its stem; a `Y` in it is a consonant. `r1` and `r2` are where R1 and R2 start, also past its end. */
interface Stemming {
  word: string;
  r1: number;
  r2: number;
}

/** The stem of a lower-case word. Words of one or two characters are returned as they are. Linear in the word's length. */
export function nltkSnowballEnglish(word: string): string {
  if (/^.{0,2}$/su.test(word)) return word;
  const special = SPECIAL_STEMS.get(word);
  if (special !== undefined) return special;

  const stemming = start(word.replace(/[\u2018\u2019\u201b]/g, "'").replace(/^'/, ''));
  stemming.word = stemming.word.replace(/'(?:s'?)?$/, '');
  removePlural(stemming);
  removePastOrParticiple(stemming);
  if (/.[^aeiouy][yY]$/su.test(stemming.word)) stemming.word = `${stemming.word.slice(0, -1)}i`;
  applyLongest(STEP_2, stemming);
  applyLongest(STEP_3, stemming);
  applyLongest(STEP_4, stemming);
  removeFinalLetter(stemming);
  return stemming.word.replaceAll('Y', 'y');
}

/** Marks each y at the start or after a vowel as the consonant `Y`, and finds the regions. */
function start(lower: string): Stemming {
  const word = lower.replace(/^y/, 'Y').replace(/([aeiouy])y/g, '$1Y');
  const r1 = R1_PREFIX.exec(word)?.[0].length ?? regionStart(word, 0);
  return { word, r1, r2: regionStart(word, r1) };
}

/** Where the rest after the first vowel with a consonant behind it starts, looking from an offset on. */
function regionStart(word: string, from: number): number {
  const pair = VOWEL_THEN_CONSONANT.exec(word.slice(from));
  return pair === null ? word.length : from + pair.index + pair[0].length;
}

/** Step 1a. */
function removePlural(stemming: Stemming): void {
  const { word } = stemming;
  if (word.endsWith('sses')) stemming.word = word.slice(0, -2);
  else if (/ie[ds]$/.test(word)) stemming.word = word.slice(0, /^.?ie[ds]$/su.test(word) ? -1 : -2);
  else if (/[^us]s$/.test(word) && VOWEL.test(word.slice(0, -2))) stemming.word = word.slice(0, -1);
}

/** Step 1b. */
function removePastOrParticiple(stemming: Stemming): void {
  const suffix = /(?:ee?d|ing)(?:ly)?$/.exec(stemming.word)?.[0];
  if (suffix === undefined) return;
  const stem = stemming.word.slice(0, -suffix.length);
  if (suffix.startsWith('ee')) {
    if (stem.length >= stemming.r1) stemming.word = `${stem}ee`;
  } else if (VOWEL.test(stem)) {
    stemming.word = stem;
    mendStem(stemming);
  }
}

/** The second half of step 1b: `hop(ing)` becomes `hope`, `hopp(ing)` `hop` and `conflat(ed)` `conflate`. */
function mendStem(stemming: Stemming): void {
  const { word, r1, r2 } = stemming;
  if (/(?:at|bl|iz)$/.test(word)) {
    stemming.word = `${word}e`;
    // NLTK: in a word of more than five characters this e is always in R2, so `strated` gives `strat`, not `strate`.
    if (/^.{5}/su.test(word)) stemming.r2 = Math.min(r2, word.length);
  } else if (ENDS_IN_DOUBLE.test(word)) {
    stemming.word = word.slice(0, -1);
  } else if (word.length <= r1 && ENDS_IN_SHORT_SYLLABLE.test(word)) {
    stemming.word = `${word}e`;
  }
}

/** Steps 2 to 4: only the first rule whose suffix the word has, longest first, is tried. */
function applyLongest(rules: readonly Rule[], stemming: Stemming): void {
  const { word, r1, r2 } = stemming;
  const rule = rules.find(({ suffix }) => word.endsWith(suffix));
  if (rule === undefined) return;
  const stem = word.slice(0, -rule.suffix.length);
  if (stem.length < (rule.inR2 ? r2 : r1)) return;
  if (rule.after !== undefined && !rule.after.includes(stem.slice(-1))) return;
  stemming.word = stem + rule.replacement;
  if (rule.emptiesR2 && stem.length < r2) stemming.r2 = stemming.word.length;
}

/** Step 5. */
function removeFinalLetter(stemming: Stemming): void {
  const { word, r1, r2 } = stemming;
  const stem = word.slice(0, -1);
  const inR2 = stem.length >= r2;
  const inR1 = stem.length >= r1;
  const drop = word.endsWith('e') ? inR2 || (inR1 && !ENDS_IN_SHORT_SYLLABLE.test(stem)) : inR2 && word.endsWith('ll');
  if (drop) stemming.word = stem;
}
