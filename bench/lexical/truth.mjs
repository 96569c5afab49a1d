import { NONE } from './peers.mjs';
import { wordsOf } from './texts.mjs';
import { B, K1 } from './work.mjs';

/** Peers add float32 or round to nine decimals, so scores closer than this share of themselves are ties. */
const TIE = 1e-5;

/** Inverted lists of texts, in which every document's BM25 score is summed in float64: the plain oracle of the peers. */
export class Truth {
  #size;
  /** word -> { documents, impacts }, of the words that queries have */
  #postings;
  /** Distinct (word, document) pairs. */
  pairs = 0;
  tokens = 0;

  constructor(texts, queries) {
    this.#size = texts.length;
    const lists = new Map(queries.flatMap(wordsOf).map((word) => [word, { documents: [], counts: [] }]));
    const lengths = texts.map((text, document) => this.#add(lists, text, document));
    const meanLength = this.tokens / this.#size;
    this.#postings = new Map(
      [...lists].map(([word, { documents, counts }]) => {
        const idf = Math.log(1 + (this.#size - documents.length + 0.5) / (documents.length + 0.5));
        const impacts = counts.map((count, i) => {
          return (idf * count) / (count + K1 * (1 - B + (B * lengths[documents[i]]) / meanLength));
        });
        return [word, { documents: Uint32Array.from(documents), impacts: Float64Array.from(impacts) }];
      }),
    );
  }

  /**
   * The share of a query's k best documents that a peer's `list` holds. Documents that tie with the k-th are worth the same;
   * those that score 0 are not asked for.
   */
  agreement(query, list, k) {
    const scores = this.#score(query);
    const threshold = kthBest(scores, k);
    const isTied = (document) => Math.abs(scores[document] - threshold) <= TIE * threshold;
    const isAbove = (document) => scores[document] > threshold && !isTied(document);
    let mustHave = 0;
    for (let document = 0; document < scores.length; document++) if (isAbove(document)) mustHave++;
    const returned = new Set(list.filter((document) => document !== NONE));
    const above = count(returned, isAbove);
    if (threshold === 0) return mustHave === 0 ? 1 : above / mustHave;
    return (above + Math.min(count(returned, isTied), k - mustHave)) / k;
  }

  /** How many postings the words of queries have, a word counted as often as it is asked for. */
  postingsOf(queries) {
    const sizeOf = (word) => this.#postings.get(word).documents.length;
    return queries.flatMap(wordsOf).reduce((sum, word) => sum + sizeOf(word), 0);
  }

  #add(lists, text, document) {
    const words = wordsOf(text);
    this.tokens += words.length;
    this.pairs += new Set(words).size;
    for (const word of words) {
      const list = lists.get(word);
      if (list === undefined) continue;
      if (list.documents.at(-1) !== document) {
        list.documents.push(document);
        list.counts.push(0);
      }
      list.counts[list.counts.length - 1]++;
    }
    return words.length;
  }

  #score(query) {
    const scores = new Float64Array(this.#size);
    for (const word of wordsOf(query)) {
      const { documents, impacts } = this.#postings.get(word);
      for (let i = 0; i < documents.length; i++) scores[documents[i]] += impacts[i];
    }
    return scores;
  }
}

/** The k-th greatest value, or 0 if there are fewer; values are not negative. */
function kthBest(values, k) {
  const best = new Float64Array(k);
  for (const value of values) {
    if (value <= best[k - 1]) continue;
    let at = k - 1;
    for (; at > 0 && best[at - 1] < value; at--) best[at] = best[at - 1];
    best[at] = value;
  }
  return best[k - 1];
}

function count(documents, holds) {
  let total = 0;
  for (const document of documents) if (holds(document)) total++;
  return total;
}
