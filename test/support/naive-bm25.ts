import type { Bm25Weighing } from '#src/lexical/bm25-options.js';

/*
 * BM25 straight from the formulas of docs/protocol.md, with float32 where the index rounds; the slow oracle of its tests.
 */

/** Scores of all documents, given as tokens, for one query. */
export function naiveScores(
  documents: readonly (readonly string[])[],
  query: readonly string[],
  weighing: Required<Bm25Weighing> & { readonly method: string },
): number[] {
  const n = documents.length;
  const average = documents.reduce((sum, document) => sum + document.length, 0) / n;
  const { method, k1 = 0, b = 0, delta = 0 } = weighing;
  const idf = (df: number): number => {
    if (method === 'robertson') return Math.log(Math.max(1, (n - df + 0.5) / (df + 0.5)));
    if (method === 'lucene') return Math.log(1 + (n - df + 0.5) / (df + 0.5));
    if (method === 'atire') return Math.log(n / df);
    return Math.log((n + 1) / (method === 'bm25l' ? df + 0.5 : df));
  };
  const part = (tf: number, norm: number): number => {
    if (method === 'robertson' || method === 'lucene') return tf / (k1 * norm + tf);
    if (method !== 'bm25l') return ((k1 + 1) * tf) / (k1 * norm + tf);
    const saturated = (c: number) => ((k1 + 1) * c) / (k1 + c);
    return saturated(tf / norm + delta) - ((k1 + 1) * delta) / (k1 + delta);
  };
  return documents.map((document) => {
    const length = weighing.quantizeLengths ? luceneLength(document.length) : document.length;
    const norm = 1 - b + b * (length / average);
    let score = 0;
    for (const term of query) {
      const tf = document.filter((token) => token === term).length;
      if (tf === 0) continue;
      const df = documents.filter((other) => other.includes(term)).length;
      score = Math.fround(score + Math.fround(Math.fround(idf(df)) * part(tf, norm)));
    }
    return score;
  });
}

/** Exact below 40, then four significant bits of what exceeds 24. */
function luceneLength(length: number): number {
  if (length < 40) return length;
  const unit = 2 ** (Math.floor(Math.log2(length - 24)) - 3);
  return 24 + Math.floor((length - 24) / unit) * unit;
}
