import type { Protocol } from './protocol.js';

/** Stands for the grade of a retrieved document that the judgements do not name. */
export const UNJUDGED = -1;

/** Stands for a negative grade: pooled for judging, but not judged (trec_eval's convention, used by infAP). */
export const POOLED = -2;

/** What a measure sees of one query: the grades of its ranking in order, and the grades of all its judgements. */
export interface JudgedQuery {
  /** The first `seen` entries: the grade (0 or above) of each document, best first, or UNJUDGED or POOLED. */
  readonly grades: Float64Array;
  /** How many documents were looked up: the length of the ranking, or the depth asked for if that is less. */
  readonly seen: number;
  /** Length of the ranking. */
  readonly retrieved: number;
  /** The grades of all judged documents, retrieved or not, highest first; none below 0. */
  readonly judged: Float64Array;
  /** A document is relevant when its grade is at least this. */
  readonly level: number;
  /** How many judged documents are relevant. */
  readonly relevant: number;
}

const noJudgements: ReadonlyMap<string, number> = new Map();

/** Turns rankings into grades under one protocol. Its answers share one buffer: each is valid until the next. */
export class Judge {
  readonly #binary: boolean;
  readonly #level: number;
  readonly depth: number;
  #buffer = new Float64Array(128);

  /** Only the first `depth` documents of a ranking are looked up. */
  constructor(protocol: Protocol, level: number, depth: number) {
    this.#binary = protocol === 'hakari';
    this.#level = level;
    this.depth = depth;
  }

  /** `documentIds` may be just the first `depth` of the `retrieved` documents. */
  judge(
    documentIds: readonly string[],
    judgements: ReadonlyMap<string, number> = noJudgements,
    retrieved = documentIds.length,
  ): JudgedQuery {
    const seen = Math.min(documentIds.length, this.depth);
    if (seen > this.#buffer.length) this.#buffer = new Float64Array(Math.max(seen, 2 * this.#buffer.length));
    const grades = this.#buffer;
    for (let i = 0; i < seen; i++) {
      const grade = judgements.get(documentIds[i]!);
      grades[i] = grade === undefined ? UNJUDGED : this.#grade(grade);
    }
    const judged = this.#judged(judgements);
    let relevant = 0;
    while (relevant < judged.length && judged[relevant]! >= this.#level) relevant++;
    return { grades, seen, retrieved, judged, level: this.#level, relevant };
  }

  #grade(grade: number): number {
    if (this.#binary) return grade > 0 ? 1 : 0;
    return grade >= 0 ? grade : POOLED;
  }

  #judged(judgements: ReadonlyMap<string, number>): Float64Array {
    const judged = new Float64Array(judgements.size);
    let count = 0;
    for (const value of judgements.values()) {
      const grade = this.#grade(value);
      if (grade >= 0) judged[count++] = grade;
    }
    return judged.subarray(0, count).sort().reverse();
  }
}

/** How many of the first `k` documents are relevant. */
export function countRelevant(query: JudgedQuery, k = Number.POSITIVE_INFINITY): number {
  const end = Math.min(k, query.seen);
  let count = 0;
  for (let i = 0; i < end; i++) if (query.grades[i]! >= query.level) count++;
  return count;
}
