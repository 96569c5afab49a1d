import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { seeded } from '../common/sample.mjs';

const VOCABULARY = 50_000;
/** What is written again and again until a file is long enough: the audit remembers nothing of a row. */
const STRETCH_BYTES = 1 << 24;

/** Words by Zipf's law, of two to ten letters. */
export function proseOf(seed) {
  const random = seeded(seed);
  const letter = () => String.fromCharCode(97 + Math.floor(random() * 26));
  const words = Array.from({ length: VOCABULARY }, () =>
    Array.from({ length: 2 + Math.floor(random() * 9) }, letter).join(''),
  );
  const word = () => words[Math.floor(VOCABULARY ** random()) - 1];
  return (count) => {
    let text = word();
    for (let i = 1; i < count; i++) text += random() < 0.1 ? `, ${word()}` : ` ${word()}`;
    return `${text}.`;
  };
}

/** Characters of Chinese, a mark behind each twelve. */
export function chineseOf(seed) {
  const random = seeded(seed);
  return (count) =>
    Array.from({ length: count }, (_, i) =>
      i % 13 === 12 ? '，' : String.fromCodePoint(0x4e00 + Math.floor(3000 ** random()) - 1),
    ).join('');
}

/** A BEIR folder of 200 queries and 10,000 documents of 150 words. */
export function writeDataset(folder) {
  const prose = proseOf(1);
  mkdirSync(join(folder, 'qrels'), { recursive: true });
  const rows = (count, words) =>
    Array.from({ length: count }, (_, i) => `${JSON.stringify({ _id: `${i}`, text: prose(words) })}\n`).join('');
  writeFileSync(join(folder, 'corpus.jsonl'), rows(10_000, 150));
  writeFileSync(join(folder, 'queries.jsonl'), rows(200, 12));
  const judged = Array.from({ length: 200 }, (_, i) => `${i}\t${i}\t1\n`).join('');
  writeFileSync(join(folder, 'qrels', 'test.tsv'), `query-id\tcorpus-id\tscore\n${judged}`);
}

/** Writes about `megabytes` of rows; returns the bytes of text, unpacked. */
export function writeTraining(path, row, megabytes, header = '') {
  let stretch = '';
  while (stretch.length < STRETCH_BYTES) stretch += row();
  const bytes = Buffer.from(stretch);
  const written = path.endsWith('.gz') ? gzipSync(bytes, { level: 6 }) : bytes;
  const file = openSync(path, 'w');
  if (header !== '') writeSync(file, header);
  const times = Math.max(1, Math.round((megabytes * 1e6) / bytes.length));
  for (let i = 0; i < times; i++) writeSync(file, written);
  closeSync(file);
  return times * bytes.length;
}
