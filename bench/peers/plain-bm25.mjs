/* What one writes without a library: a Map from words to their documents and counts, a score a document, and a sort. */
import { wordsOf } from '../lexical/texts.mjs';
import { runScriptedEngine } from './scripted-engine.mjs';

await runScriptedEngine({
  version: '',
  build(texts) {
    const postings = new Map();
    const lengths = texts.map((text, document) => {
      const words = wordsOf(text);
      const counts = new Map();
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const [word, count] of counts) {
        if (!postings.has(word)) postings.set(word, []);
        postings.get(word).push({ document, count });
      }
      return words.length;
    });
    return { postings, lengths, meanLength: lengths.reduce((a, b) => a + b, 0) / lengths.length };
  },

  search({ postings, lengths, meanLength }, query, { k, k1, b }) {
    const scores = new Float64Array(lengths.length);
    for (const word of wordsOf(query)) {
      const list = postings.get(word) ?? [];
      const idf = Math.log(1 + (lengths.length - list.length + 0.5) / (list.length + 0.5));
      for (const { document, count } of list) {
        scores[document] += (idf * count) / (count + k1 * (1 - b + (b * lengths[document]) / meanLength));
      }
    }
    const found = Array.from(scores.keys()).filter((document) => scores[document] > 0);
    return found.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, k);
  },
});
