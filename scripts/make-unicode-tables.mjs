/*
 * Makes native/src/analysis/unicode_tables.inc.h, what the analyzers know about each code point, from Unicode's data in
 * the package @unicode/unicode-15.1.0. With `--check` only says when the file in the tree is not current, and fails.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { array, number } from './cpp-tables.mjs';

const PACKAGE = '@unicode/unicode-15.1.0';
const OUTPUT = 'native/src/analysis/unicode_tables.inc.h';
const CODE_POINTS = 0x110000;
/** Code points that share an entry of the first stage. */
const BLOCK = 256;

/** Each flag of unicode.h and the sets or ranges of code points that carry it. */
const FLAGS = {
  kWordCharacter: ['General_Category/Letter', 'General_Category/Number', '5F'],
  kSpace: ['Binary_Property/White_Space', '1C-1F'],
  kCased: ['Binary_Property/Cased'],
  kCaseIgnorable: ['Binary_Property/Case_Ignorable'],
  kPictographic: ['Binary_Property/Extended_Pictographic'],
  kEmojiModifier: ['Binary_Property/Emoji_Modifier'],
  kEmojiModifierBase: ['Binary_Property/Emoji_Modifier_Base'],
  kHan: ['Script/Han'],
  kHiragana: ['Script/Hiragana'],
  kIdeographic: ['Binary_Property/Ideographic'],
  kComplexContext: ['Line_Break/Complex_Context'],
};

/** Enumerators of WordBreak in unicode.h, and Unicode's names of the classes. */
const WORD_BREAKS = {
  kCr: 'CR',
  kLf: 'LF',
  kNewline: 'Newline',
  kExtend: 'Extend',
  kZwj: 'ZWJ',
  kFormat: 'Format',
  kRegionalIndicator: 'Regional_Indicator',
  kKatakana: 'Katakana',
  kHebrewLetter: 'Hebrew_Letter',
  kALetter: 'ALetter',
  kSingleQuote: 'Single_Quote',
  kDoubleQuote: 'Double_Quote',
  kMidNumLet: 'MidNumLet',
  kMidLetter: 'MidLetter',
  kMidNum: 'MidNum',
  kNumeric: 'Numeric',
  kExtendNumLet: 'ExtendNumLet',
  kWSegSpace: 'WSegSpace',
};

const load = async (path) => (await import(`${PACKAGE}/${path}.mjs`)).default;

/** Half-open ranges of a set as FLAGS spells it. */
async function rangesOf(set) {
  if (set.includes('/')) return await load(`${set}/ranges`);
  const [first, last = first] = set.split('-').map((hex) => Number.parseInt(hex, 16));
  return [{ begin: first, end: last + 1 }];
}

/** One C++ initializer of CodePointProperties for each code point. */
async function propertiesOfAll() {
  const flags = Array.from({ length: CODE_POINTS }, () => new Set());
  for (const [flag, sets] of Object.entries(FLAGS)) {
    for (const { begin, end } of (await Promise.all(sets.map(rangesOf))).flat()) {
      for (let i = begin; i < end; i++) flags[i].add(flag);
    }
  }
  const wordBreaks = new Array(CODE_POINTS).fill('kOther');
  for (const [enumerator, name] of Object.entries(WORD_BREAKS)) {
    for (const { begin, end } of await load(`Word_Break/${name}/ranges`)) wordBreaks.fill(enumerator, begin, end);
  }
  const lower = await load('Simple_Case_Mapping/Lowercase/code-points');
  return flags.map((set, i) => {
    const union = set.size === 0 ? '0' : [...set].join(' | ');
    return `{${(lower.get(i) ?? i) - i}, WordBreak::${wordBreaks[i]}, ${union}}`;
  });
}

async function generate() {
  const records = number(await propertiesOfAll());
  const blocks = number(
    Array.from({ length: CODE_POINTS / BLOCK }, (_, i) => records.numbers.slice(i * BLOCK, (i + 1) * BLOCK).join()),
  );
  return [
    `// Made by scripts/make-unicode-tables.mjs from ${PACKAGE}: do not edit by hand.`,
    '// clang-format off',
    array(`CodePointProperties kPropertyRecords[${records.distinct.length}]`, records.distinct),
    array(`std::uint8_t kBlockOf[${blocks.numbers.length}]`, blocks.numbers.map(String)),
    array(
      `std::uint8_t kRecordOf[${blocks.distinct.length}][${BLOCK}]`,
      blocks.distinct.map((list) => `{${list}}`),
    ),
  ].join('\n');
}

const path = fileURLToPath(new URL(`../${OUTPUT}`, import.meta.url));
const content = await generate();
if (!process.argv.includes('--check')) {
  writeFileSync(path, content);
} else if (readFileSync(path, 'utf8') !== content) {
  process.stderr.write(`${OUTPUT}: not current; run node scripts/make-unicode-tables.mjs\n`);
  process.exitCode = 1;
}
