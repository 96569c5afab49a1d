import { readFile } from 'node:fs/promises';
import fc from 'fast-check';

/** What Python makes of text (test/golden/python-text.json); sets are code points as `9-d 20 85`, hexadecimal. */
export interface PythonText {
  readonly unassigned: string;
  readonly space: string;
  readonly word: string;
  /** SHA-256 of the lower case of every assigned code point but surrogates, one a line. */
  readonly lower: string;
  readonly texts: readonly (readonly [text: string, regex: string[], whitespace: string[], englishRegex: string[]])[];
}

export const python: PythonText = JSON.parse(await readFile('test/golden/python-text.json', 'utf8'));

export function codePoints(ranges: string): Set<number> {
  const points = new Set<number>();
  for (const range of ranges.split(' ')) {
    const [first = Number.NaN, last = first] = range.split('-').map((point) => Number.parseInt(point, 16));
    for (let point = first; point <= last; point++) points.add(point);
  }
  return points;
}

const unassigned = codePoints(python.unassigned);

/** Every code point that Python's version of Unicode knows; newer ones may be letters to one and not to the other. */
export function* knownCodePoints(): Generator<number> {
  for (let point = 0; point < 0x110000; point++) if (!unassigned.has(point)) yield point;
}

const knownCharacter = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((point) => !unassigned.has(point) && (point < 0xd800 || point > 0xdfff))
  .map((point) => String.fromCodePoint(point));

const telling = ['a', 'B', 'Σ', 'İ', '_', '7', ' ', '\u0301', '語', '\ufffd', '\u{1d400}', 'running', "'s", 'ß', '\0'];

/** Text without lone surrogates, of characters that Python knows. */
export const anyText = fc.oneof(
  fc.string({ unit: knownCharacter }),
  fc.string({ unit: fc.constantFrom(...telling) }),
  fc.string({ unit: fc.oneof(knownCharacter, fc.constantFrom(...telling)) }),
);
