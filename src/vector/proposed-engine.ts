import type { Embeddings } from '../common/embeddings.js';
import { InputError } from '../common/errors.js';
import type { TopK } from '../rank/ranking.js';
import { allocateTopK } from '../rank/search.js';
import type { Proposer, VectorBackend } from './backend.js';
import type { EngineQuery, VectorEngine } from './engine.js';
import type { ExactEngine } from './exact-engine.js';
import { normalized, type PreparedRows } from './prepared-rows.js';
import { Uses } from './uses.js';
import type { VectorMetric, VectorReport } from './vector-options.js';

/** How many more than k are asked for, so that most queries are proven complete at once. */
const MARGIN = 32;

/** Of the prepared rows and of the exact score, beside the proposer's own: one rounding each, 2^-24 of at most 1. */
const PREPARATION_ERROR = 2 ** -22;

/** The distance of float32 numbers around 0. */
const SMALLEST_SCORE = 2 ** -149;

/**
 * Another library finds documents, the core scores them. An exhaustive proposer's last proposal bounds what it left
 * out: when that cannot reach the k-th exact score, nothing is missing, else the core answers the query itself.
 */
export class ProposedEngine implements VectorEngine {
  readonly #backend: VectorBackend;
  readonly #proposer: Proposer;
  readonly #exact: ExactEngine;
  readonly #prepared: PreparedRows;
  readonly #metric: VectorMetric;
  readonly #uses: Uses;

  constructor(
    backend: VectorBackend,
    proposer: Proposer,
    exact: ExactEngine,
    prepared: PreparedRows,
    metric: VectorMetric,
  ) {
    this.#backend = backend;
    this.#proposer = proposer;
    this.#exact = exact;
    this.#prepared = prepared;
    this.#metric = metric;
    this.#uses = new Uses(() => {
      proposer[Symbol.dispose]();
      exact[Symbol.dispose]();
    });
  }

  get zeroVectors(): number {
    return this.#exact.zeroVectors;
  }

  search(query: EngineQuery, topK: TopK): Promise<VectorReport> {
    return this.#uses.during(() => this.#search(query, topK));
  }

  async #search(query: EngineQuery, topK: TopK): Promise<VectorReport> {
    const { queries, filter, candidates, signal } = query;
    const { exhaustive, detail } = this.#proposer;
    const report = { backend: this.#backend, detail, precision: 'float32', exact: exhaustive } as const;
    if (filter !== undefined || candidates !== undefined) {
      return { ...(await this.#exact.search(query, topK)), ...report, exact: true };
    }
    const size = this.#prepared.count;
    if (queries.count === 0 || size === 0) return { ...(await this.#exact.search(query, topK)), ...report };
    if (topK.k > this.#proposer.largestK) {
      const found = await this.#exact.search(query, topK);
      return { ...found, ...report, exact: true, fallbacks: queries.count };
    }
    const { rows, norms } = normalized(queries);
    // The core names what is not finite.
    if (!norms.every(Number.isFinite)) return { ...(await this.#exact.search(query, topK)), ...report };
    const wide = Math.min(size, topK.k + MARGIN, this.#proposer.largestK);
    const proposed = await this.#proposer.propose(rows, wide, signal);
    const { scored } = await this.#exact.search({ queries, candidates: packed(proposed), signal }, topK);
    const rest = exhaustive ? this.#incomplete(proposed, topK, norms) : [];
    await this.#answer(rest, queries, topK, signal);
    return { ...report, fallbacks: rest.length, scored };
  }

  save(path: string, signal: AbortSignal | undefined): Promise<void> {
    return this.#uses.during(async () => {
      if (this.#proposer.save === undefined) throw new InputError(`the backend ${this.#backend} has no file format`);
      await this.#proposer.save(path, signal);
    });
  }

  /** Queries of which a document that was not proposed could be among the k best. */
  #incomplete(proposed: TopK, topK: TopK, norms: Float64Array): number[] {
    const rest: number[] = [];
    for (const [query, norm] of norms.entries()) {
      const count = proposed.counts[query]!;
      if (count === this.#prepared.count) continue;
      const last = count === 0 ? Infinity : proposed.scores[query * proposed.k + count - 1]!;
      const kth = topK.scores[query * topK.k + topK.k - 1]!;
      const unit = this.#metric === 'cosine' ? 1 : this.#prepared.factor / norm;
      // Scores that round to 0 or to infinity are equal to those of documents far below.
      const reached = Number.isFinite(kth) ? (kth - SMALLEST_SCORE) * unit : -Infinity;
      const proven = topK.counts[query] === topK.k && last + this.#proposer.errorBound + PREPARATION_ERROR < reached;
      if (!proven) rest.push(query);
    }
    return rest;
  }

  async #answer(rest: readonly number[], queries: Embeddings, topK: TopK, signal: AbortSignal | undefined) {
    if (rest.length === 0) return;
    const { dimension } = queries;
    const data = new Float32Array(rest.length * dimension);
    for (const [i, query] of rest.entries()) {
      data.set(queries.data.subarray(query * dimension, (query + 1) * dimension), i * dimension);
    }
    const again = allocateTopK(rest.length, topK.k, this.#prepared.count);
    await this.#exact.search({ queries: { data, count: rest.length, dimension }, signal }, again);
    for (const [i, query] of rest.entries()) {
      const row = (values: Uint32Array | Float32Array) => values.subarray(i * again.k, (i + 1) * again.k);
      topK.indices.set(row(again.indices), query * topK.k);
      topK.scores.set(row(again.scores), query * topK.k);
      topK.counts[query] = again.counts[i]!;
    }
  }

  [Symbol.dispose](): void {
    this.#uses.dispose();
  }
}

/** Proposals as lists of candidates, one behind the other. */
function packed({ indices, counts, k }: TopK): { offsets: Uint32Array; ids: Uint32Array } {
  const offsets = new Uint32Array(counts.length + 1);
  for (const [query, count] of counts.entries()) offsets[query + 1] = offsets[query]! + count;
  const ids = new Uint32Array(offsets[counts.length]!);
  for (const [query, count] of counts.entries()) {
    ids.set(indices.subarray(query * k, query * k + count), offsets[query]!);
  }
  return { offsets, ids };
}
