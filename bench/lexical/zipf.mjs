/* Texts drawn by Zipf's law from a vocabulary of 50,000 made-up words: 150 words a document, set as sentences. */
import { seeded } from '../common/sample.mjs';

const VOCABULARY = 50_000;
const WORDS_A_DOCUMENT = 150;
const WORDS_A_QUERY = 8;
/** Words of content queries are rarer than so many: a document holds the most frequent of them with odds of one in eight. */
const FREQUENT_WORDS = 100;

/** { queries: { kind: texts }, documents: an endless iterator of texts }; the same in every run. */
export function zipfTexts(queryCount) {
  const random = seeded(2);
  const words = makeWords(random);
  const draw = zipf(random);
  const drawWords = (count, from) => Array.from({ length: count }, () => words[draw(from)]);
  const queries = (from) => Array.from({ length: queryCount }, () => drawWords(WORDS_A_QUERY, from).join(' '));
  const documents = function* () {
    while (true) yield sentences(random, drawWords(WORDS_A_DOCUMENT, 0));
  };
  return { queries: { content: queries(FREQUENT_WORDS), natural: queries(0) }, documents: documents() };
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
