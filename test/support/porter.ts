/*
 * Porter's suffix-stripping algorithm (M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980) with the
 * changes that NLTK makes by default and HAKARI therefore uses: an irregular pool, -ies and -ied of four letters, y to
 * i after any consonant, bli, alli, fulli and logi in step 2, and a short vowel-consonant stem that counts as CVC.
 */

type Condition = (stem: string) => boolean;
type Rule = readonly [suffix: string, replacement: string, condition?: Condition];

/** The stem of a lower-case word of ASCII letters and digits. */
export function porterStem(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length <= 2) return word;
  return step5b(step5a(step4(step3(step2(step1c(step1b(step1a(word))))))));
}

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['sky', 'sky'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['news', 'news'],
  ['inning', 'inning'],
  ['innings', 'inning'],
  ['outing', 'outing'],
  ['outings', 'outing'],
  ['canning', 'canning'],
  ['cannings', 'canning'],
  ['howe', 'howe'],
  ['proceed', 'proceed'],
  ['exceed', 'exceed'],
  ['succeed', 'succeed'],
]);

/** C or V per letter. A y is a vowel after a consonant; anything else that is not a, e, i, o, u is a consonant. */
function shape(word: string): string {
  let shape = '';
  let afterConsonant = false;
  for (const letter of word) {
    const vowel: boolean = letter === 'y' ? afterConsonant : 'aeiou'.includes(letter);
    shape += vowel ? 'V' : 'C';
    afterConsonant = !vowel;
  }
  return shape;
}

/** Porter's m: how many vowel-to-consonant changes the stem has. */
function measure(stem: string): number {
  return shape(stem).split('VC').length - 1;
}

const positive: Condition = (stem) => measure(stem) > 0;
const aboveOne: Condition = (stem) => measure(stem) > 1;

function hasVowel(stem: string): boolean {
  return shape(stem).includes('V');
}

function endsInConsonant(stem: string): boolean {
  return shape(stem).endsWith('C');
}

function endsInDoubleConsonant(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && endsInConsonant(word);
}

/** Porter's *o: consonant, vowel, consonant other than w, x, y; or the whole stem is a vowel and a consonant. */
function endsShort(stem: string): boolean {
  const pattern = shape(stem);
  return pattern === 'VC' || (pattern.endsWith('CVC') && !/[wxy]$/.test(stem));
}

/** Applies the first rule whose suffix fits. If its condition fails for the stem, no other is tried. */
function replaceSuffix(word: string, rules: readonly Rule[], otherwise?: Condition): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const [suffix, replacement, condition = otherwise] = rule;
  const stem = word.slice(0, word.length - suffix.length);
  return condition === undefined || condition(stem) ? stem + replacement : word;
}

/** Plurals. */
function step1a(word: string): string {
  return replaceSuffix(word, [
    ['sses', 'ss'],
    ['ies', word.length === 4 ? 'ie' : 'i'],
    ['ss', 'ss'],
    ['s', ''],
  ]);
}

/** Past tenses and participles. */
function step1b(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return replaceSuffix(word, [['eed', 'ee', positive]]);
  const stem = replaceSuffix(word, [
    ['ed', '', hasVowel],
    ['ing', '', hasVowel],
  ]);
  return stem === word ? word : mend(stem);
}

/** Gives a stem that lost -ed or -ing the ending of a word. */
function mend(stem: string): string {
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsInDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

/** Final y. */
function step1c(word: string): string {
  return replaceSuffix(word, [['y', 'i', (stem) => stem.length > 1 && endsInConsonant(stem)]]);
}

/** Double suffixes to single ones. */
function step2(word: string): string {
  if (word.endsWith('alli') && positive(word.slice(0, -4))) return step2(word.slice(0, -2));
  return replaceSuffix(word, STEP2, positive);
}

const STEP2: readonly Rule[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['fulli', 'ful'],
  // NLTK measures this one with its l kept.
  ['logi', 'log', (stem) => positive(`${stem}l`)],
];

/** -ic-, -full, -ness and the like. */
function step3(word: string): string {
  return replaceSuffix(word, STEP3, positive);
}

const STEP3: readonly Rule[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
];

/** -ant, -ence and the like, from long stems. */
function step4(word: string): string {
  return replaceSuffix(word, STEP4, aboveOne);
}

const STEP4: readonly Rule[] = [
  ['al', ''],
  ['ance', ''],
  ['ence', ''],
  ['er', ''],
  ['ic', ''],
  ['able', ''],
  ['ible', ''],
  ['ant', ''],
  ['ement', ''],
  ['ment', ''],
  ['ent', ''],
  ['ion', '', (stem) => aboveOne(stem) && /[st]$/.test(stem)],
  ['ou', ''],
  ['ism', ''],
  ['ate', ''],
  ['iti', ''],
  ['ous', ''],
  ['ive', ''],
  ['ize', ''],
];

/** Final e. */
function step5a(word: string): string {
  return replaceSuffix(word, [['e', '', (stem) => aboveOne(stem) || (positive(stem) && !endsShort(stem))]]);
}

/** Final ll. */
function step5b(word: string): string {
  return word.endsWith('ll') && aboveOne(word.slice(0, -1)) ? word.slice(0, -1) : word;
}
