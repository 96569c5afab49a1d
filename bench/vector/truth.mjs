/** Peers add float32 in orders of their own, so cosines closer than this are ties. */
const TIE = 1e-6;

/** Every document's cosine with some of the queries, in float64: the plain oracle of the peers. */
export class Truth {
  /** Positions of the queries that are looked at. */
  sample;
  #scores;

  /** @param every one query of so many is looked at */
  constructor(documents, queries, every) {
    this.sample = [];
    for (let query = 0; query < queries.count; query += every) this.sample.push(query);
    const norms = Float64Array.from({ length: documents.count }, (_, i) => Math.sqrt(dot(documents, i, documents, i)));
    this.#scores = this.sample.map((query) => {
      const norm = Math.sqrt(dot(queries, query, queries, query));
      return Float64Array.from({ length: documents.count }, (_, i) => {
        const length = norm * norms[i];
        return length === 0 ? 0 : dot(queries, query, documents, i) / length;
      });
    });
  }

  /**
   * The share of the k best documents of sample `i` that a peer found. Documents that tie with the k-th are worth the
   * same.
   */
  agreement(i, found) {
    const scores = this.#scores[i];
    const k = Math.min(found.length, scores.length);
    const threshold = Float64Array.from(scores).sort()[scores.length - k];
    const mustHave = scores.reduce((count, score) => count + Number(score > threshold + TIE), 0);
    let above = 0;
    let tied = 0;
    for (const document of new Set(found)) {
      if (scores[document] > threshold + TIE) above++;
      else if (scores[document] >= threshold - TIE) tied++;
    }
    return (above + Math.min(tied, k - mustHave)) / k;
  }

  /** The share of the scores that are those in float64, rounded once to float32. */
  sameBits(i, found, scores) {
    return (
      found.reduce((same, document, at) => same + Number(Math.fround(this.#scores[i][document]) === scores[at]), 0) /
      found.length
    );
  }
}

function dot(a, i, b, j) {
  const { dimension } = a;
  const x = i * dimension;
  const y = j * dimension;
  let sum = 0;
  for (let d = 0; d < dimension; d++) sum += a.data[x + d] * b.data[y + d];
  return sum;
}
