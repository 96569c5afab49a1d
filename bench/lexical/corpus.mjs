/*
 * The texts that every peer reads: words by Zipf's law from a vocabulary of 50,000, 150 of them a document, set as
 * sentences. They are written once, one text a line, into a folder that is named by the hash of this file and of what it
 * draws from, so that a changed generator never meets old texts.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../common/sample.mjs';

export const SIZES = [10_000, 100_000];
export const QUERY_KINDS = ['content', 'natural'];

const VOCABULARY = 50_000;
const WORDS_A_DOCUMENT = 150;
const QUERIES = 1_000;
const WORDS_A_QUERY = 8;
/** Words of content queries are rarer than so many: a document holds the most frequent of them with odds of one in eight. */
const FREQUENT_WORDS = 100;

/** The folder of the texts, which are made if they are not there: $TENBIN_BENCH_CACHE, or one in the system's. */
export function corpusFolder() {
  const folder = join(process.env.TENBIN_BENCH_CACHE ?? join(tmpdir(), 'tenbin-bench'), `zipf-${generatorHash()}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    writeTexts(unfinished);
    try {
      renameSync(unfinished, folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return folder;
}

export const documentsPath = (folder, size) => join(folder, `documents-${size}.txt`);
export const queriesPath = (folder, kind) => join(folder, `queries-${kind}.txt`);

/** Words of a text, lower-cased: what every peer's tokenizer gives for these texts. */
export const wordsOf = (text) => text.toLowerCase().match(/[a-z]+/g);

export function readTexts(path) {
  return readFileSync(path, 'latin1').trimEnd().split('\n');
}

function generatorHash() {
  const hash = createHash('sha256');
  for (const file of ['corpus.mjs', '../common/sample.mjs']) hash.update(readFileSync(new URL(file, import.meta.url)));
  return hash.digest('hex').slice(0, 12);
}

function writeTexts(folder) {
  const random = seeded(2);
  const words = makeWords(random);
  const draw = zipf(random);
  const query = (from) => Array.from({ length: WORDS_A_QUERY }, () => words[draw(from)]).join(' ');
  for (const [kind, from] of [
    ['content', FREQUENT_WORDS],
    ['natural', 0],
  ]) {
    const lines = Array.from({ length: QUERIES }, () => query(from));
    writeFileSync(queriesPath(folder, kind), `${lines.join('\n')}\n`);
  }
  const documents = Array.from({ length: Math.max(...SIZES) }, () => {
    return sentences(
      random,
      Array.from({ length: WORDS_A_DOCUMENT }, () => words[draw(0)]),
    );
  });
  for (const size of SIZES) {
    writeFileSync(documentsPath(folder, size), `${documents.slice(0, size).join('\n')}\n`);
  }
}

/** Draws a rank of at least `from` with odds in proportion to 1 / (rank + 1). */
function zipf(random) {
  const cumulative = new Float64Array(VOCABULARY + 1);
  for (let rank = 0; rank < VOCABULARY; rank++) cumulative[rank + 1] = cumulative[rank] + 1 / (rank + 1);
  return (from) => {
    const target = cumulative[from] + random() * (cumulative[VOCABULARY] - cumulative[from]);
    let [left, right] = [from, VOCABULARY - 1];
    while (left < right) {
      const middle = (left + right) >> 1;
      if (cumulative[middle + 1] <= target) left = middle + 1;
      else right = middle;
    }
    return left;
  };
}

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';
/** What this alphabet can spell of English stop words; without them, every peer keeps every word. */
const STOP_WORDS = ['be', 'do', 'for', 'me', 'no', 'not', 'so', 'to'];

/**
 * Distinct words by rank. Their letters grow with the logarithm of the rank, as in English: 2 for the most frequent, 8 at
 * the end, 5 on average over a text.
 */
function makeWords(random) {
  const taken = new Set(STOP_WORDS);
  const pick = (letters) => letters[Math.floor(random() * letters.length)];
  return Array.from({ length: VOCABULARY }, (_, rank) => {
    const length = Math.round(2 + 0.55 * Math.log(rank + 1));
    let word;
    do {
      word = Array.from({ length }, (_, i) => pick(i % 2 === 0 ? CONSONANTS : VOWELS)).join('');
    } while (taken.has(word));
    taken.add(word);
    return word;
  });
}

/** Capitals, commas and full stops, so that splitting and lower-casing have their work. */
function sentences(random, words) {
  let text = '';
  let left = 0;
  for (const [i, word] of words.entries()) {
    const starts = left === 0;
    if (starts) left = 8 + Math.floor(16 * random());
    left--;
    text += starts ? word[0].toUpperCase() + word.slice(1) : word;
    if (i === words.length - 1) text += '.';
    else if (left === 0) text += '. ';
    else text += random() < 0.08 ? ', ' : ' ';
  }
  return text;
}
