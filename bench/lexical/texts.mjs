/*
 * The texts that every peer reads, one a line in ASCII. Made once, into a folder named by the hash of what makes them, so
 * that a changed generator never meets old texts.
 */
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder, hashOf } from '../common/cache.mjs';
import { readWordNet, WORDNET, wordNetVersion } from '../common/wordnet.mjs';
import { zipfTexts } from './zipf.mjs';

export const QUERIES = 1_000;

/** Bytes of documents that are read or written at a time; many lines. */
const CHUNK = 1 << 24;
const NEW_LINE = 10;

/** A set is { name, sizes }: the smaller texts are the head of the larger ones; WordNet has one size. */
export function textsFolder(set) {
  const files = ['texts.mjs', 'zipf.mjs', '../common/sample.mjs', '../common/wordnet.mjs'];
  const hash = hashOf([set, QUERIES, wordNetVersion()], files.map(here));
  return cachedFolder(`${set.name.toLowerCase()}-${hash}`, (folder) => {
    return set.name === WORDNET ? writeWordNet(folder, set) : writeZipf(folder, set);
  });
}

export const documentsPath = (folder, size) => join(folder, `documents-${size}.txt`);
export const queriesPath = (folder, kind) => join(folder, `queries-${kind}.txt`);

/** Words of a text, lower-cased: what every peer's tokenizer gives for these texts. */
export const wordsOf = (text) => text.toLowerCase().match(/[a-z]+/g) ?? [];

/** The first lines, at most `most`, of a file that may be longer than the longest string. Only they are read. */
export function readTexts(path, most = Number.POSITIVE_INFINITY) {
  const texts = [];
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(CHUNK);
  let filled = 0;
  for (let read = 1; read > 0 && texts.length < most; ) {
    read = readSync(file, chunk, { offset: filled });
    filled += read;
    let start = 0;
    while (texts.length < most) {
      const end = chunk.subarray(0, filled).indexOf(NEW_LINE, start);
      if (end < 0) break;
      texts.push(chunk.latin1Slice(start, end));
      start = end + 1;
    }
    filled = chunk.copy(chunk, 0, start, filled);
  }
  closeSync(file);
  return texts;
}

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const lines = (texts) => texts.map((text) => `${text}\n`).join('');

async function writeWordNet(folder, { sizes: [size] }) {
  const { documents, queries } = await readWordNet(size, QUERIES);
  writeFileSync(documentsPath(folder, size), lines(documents.map(plain)));
  writeFileSync(queriesPath(folder, 'examples'), lines(queries.map(plain)));
}

/** Without digits and letters beyond ASCII, which not every peer's tokenizer takes alike. */
const plain = (text) => text.replace(/[^\x20-\x7e]|\d/g, '');

function writeZipf(folder, { sizes }) {
  const { queries, documents } = zipfTexts(QUERIES);
  for (const [kind, texts] of Object.entries(queries)) writeFileSync(queriesPath(folder, kind), lines(texts));
  const files = sizes.map((size) => ({ size, file: openSync(documentsPath(folder, size), 'w') }));
  let chunk = '';
  for (let count = 1; count <= Math.max(...sizes); count++) {
    chunk += `${documents.next().value}\n`;
    if (chunk.length < CHUNK && !sizes.includes(count)) continue;
    for (const { size, file } of files) if (count <= size) writeSync(file, chunk, null, 'latin1');
    chunk = '';
  }
  for (const { file } of files) closeSync(file);
}
