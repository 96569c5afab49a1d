/*
 * Makes native/src/overlap/fold_tables.inc.h, what the leakage audit compares in place of each code point: the full case
 * folding of its compatibility decomposition. With `--check` only says when the file in the tree is not current, and
 * fails. Decompositions are Node's own, of code points that Unicode 15.1 has: those never change again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { array, number } from './cpp-tables.mjs';

const PACKAGE = '@unicode/unicode-15.1.0';
const OUTPUT = 'native/src/overlap/fold_tables.inc.h';
const CODE_POINTS = 0x110000;
/** Code points that share an entry of the first stage. */
const BLOCK = 256;

/** What fold.h calls them; a larger number is kFirstSequence more than the number of a sequence. */
const [SEPARATOR, IGNORED, WORD, ALONE, FIRST_SEQUENCE] = [0, 1, 2, 3, 4];
/** In a sequence, the mark on a code point that is a unit of its own. */
const ALONE_FLAG = 0x80000000;

const PARTS_OF_WORDS = ['General_Category/Letter', 'General_Category/Number', 'General_Category/Mark'];
/** Scripts written without spaces; U+3099 and U+309A are the voicing marks of kana. */
const WITHOUT_SPACES = [
  'Script/Han',
  'Script/Hiragana',
  'Word_Break/Katakana',
  'Binary_Property/Ideographic',
  'Line_Break/Complex_Context',
  '3099-309A',
];
/** Soft hyphen, joiners, variation selectors, byte order mark; and apostrophes, so that "don’t" is "dont". */
const NOTHING = ['Binary_Property/Default_Ignorable_Code_Point', '27', '2019', '2BC'];
const ASSIGNED = ['Letter', 'Number', 'Mark', 'Punctuation', 'Symbol', 'Separator'].map(
  (category) => `General_Category/${category}`,
);

const load = async (path) => (await import(`${PACKAGE}/${path}.mjs`)).default;

async function rangesOf(set) {
  if (set.includes('/')) return await load(`${set}/ranges`);
  const [first, last = first] = set.split('-').map((hex) => Number.parseInt(hex, 16));
  return [{ begin: first, end: last + 1 }];
}

/** [code points], not 0 for those in one of the sets. */
async function members(sets) {
  const member = new Uint8Array(CODE_POINTS);
  for (const { begin, end } of (await Promise.all(sets.map(rangesOf))).flat()) member.fill(1, begin, end);
  return member;
}

async function caseFolding() {
  const folding = new Map();
  for (const status of ['C', 'F']) {
    for (const [from, to] of await load(`Case_Folding/${status}/code-points`)) folding.set(from, [to].flat());
  }
  return folding;
}

async function classify() {
  const [word, alone, nothing, assigned] = await Promise.all(
    [PARTS_OF_WORDS, WITHOUT_SPACES, NOTHING, ASSIGNED].map(members),
  );
  const folding = await caseFolding();
  const codePoints = (text) => Array.from(text, (character) => character.codePointAt(0));
  const decompose = (list) => codePoints(String.fromCodePoint(...list).normalize('NFKD'));
  const classOf = (code) => (nothing[code] ? IGNORED : word[code] ? (alone[code] ? ALONE : WORD) : SEPARATOR);
  const sequences = new Map();
  const entries = new Array(CODE_POINTS).fill(SEPARATOR);
  for (let code = 0; code < CODE_POINTS; code++) {
    // Hangul syllables are decomposed by rule, and halves of surrogate pairs are no text.
    if (!assigned[code] && !nothing[code]) continue;
    entries[code] = classOf(code);
    if (nothing[code] || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xd800 && code <= 0xdfff)) continue;
    const folded = decompose(decompose([code]).flatMap((part) => folding.get(part) ?? [part]));
    if (folded.length === 1 && folded[0] === code) continue;
    const sequence = folded
      .filter((part) => classOf(part) !== IGNORED)
      .map((part) => (classOf(part) === SEPARATOR ? 0 : classOf(part) === ALONE ? ALONE_FLAG + part : part));
    if (sequence.every((part) => part === 0)) {
      entries[code] = sequence.length === 0 ? IGNORED : SEPARATOR;
      continue;
    }
    const key = sequence.join();
    if (!sequences.has(key)) sequences.set(key, { number: sequences.size, sequence });
    entries[code] = FIRST_SEQUENCE + sequences.get(key).number;
  }
  return { entries, sequences: [...sequences.values()].map(({ sequence }) => sequence) };
}

async function generate() {
  const { entries, sequences } = await classify();
  const blocks = number(
    Array.from({ length: CODE_POINTS / BLOCK }, (_, i) => entries.slice(i * BLOCK, (i + 1) * BLOCK).join()),
  );
  const begins = [0];
  for (const { length } of sequences) begins.push(begins.at(-1) + length);
  if (begins.at(-1) > 0xffff) throw new Error('the sequences do not fit 16-bit offsets');
  const parts = sequences.flat().map((part) => (part > 0xffff ? `0x${part.toString(16)}u` : part));
  return [
    `// Made by scripts/make-fold-tables.mjs from ${PACKAGE}: do not edit by hand.`,
    '// clang-format off',
    array(`std::uint8_t kFoldBlockOf[${blocks.numbers.length}]`, blocks.numbers),
    array(
      `std::uint16_t kFoldOf[${blocks.distinct.length}][${BLOCK}]`,
      blocks.distinct.map((list) => `{${list}}`),
    ),
    array(`std::uint16_t kSequenceBegin[${begins.length}]`, begins),
    array(`std::uint32_t kSequenceParts[${parts.length}]`, parts),
  ].join('\n');
}

const path = fileURLToPath(new URL(`../${OUTPUT}`, import.meta.url));
const content = await generate();
if (!process.argv.includes('--check')) {
  writeFileSync(path, content);
} else if (readFileSync(path, 'utf8') !== content) {
  process.stderr.write(`${OUTPUT}: not current; run node scripts/make-fold-tables.mjs\n`);
  process.exitCode = 1;
}
