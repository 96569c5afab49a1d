import { checkChoice, checkInteger, checkOptions } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';
import { checkQrels, type Qrels } from '../rank/qrels.js';
import type { Ranking } from '../rank/ranking.js';
import { Judge } from './judged-query.js';
import type { Measure } from './measure.js';
import { PROTOCOLS, type Protocol } from './protocol.js';
import { parseMeasures } from './registry.js';
import { SUMS } from './sum.js';
import { inTrecEvalOrder } from './trec-order.js';

export interface MetricOptions {
  readonly qrels: Qrels;
  /** Names of measures, e.g. `ndcg@10`, `recall@100_micro`, `map`, `P_5,10`. */
  readonly measures: readonly string[];
  readonly protocol: Protocol;
  /** Protocol trec: the lowest grade that is relevant to measures without gains, by default 1. */
  readonly relevanceLevel?: number | undefined;
  /** Protocol trec: average over all judged queries; one without a ranking counts as an empty ranking. */
  readonly complete?: boolean | undefined;
}

/** The values of one query, by measure name. */
export interface QueryMetrics {
  readonly queryId: string;
  readonly metrics: Record<string, number>;
}

export interface MetricSummary {
  readonly protocol: Protocol;
  /** Value of each measure over all queries, at full precision; empty if no query counts. */
  readonly metrics: Record<string, number>;
  /** How many queries the values are averaged over. */
  readonly queries: number;
  /** Queries that were pushed and have no judgements: under hakari they score 0, under trec they do not count. */
  readonly queriesWithoutJudgements: number;
  /** Rankings that were pushed and hold no document. */
  readonly rankingsWithoutDocuments: number;
  /** Values query by query, ordered by query id. */
  perQuery(): QueryMetrics[];
}

/** Values of one query in the order of the measures, then its number of relevant documents. */
type Row = readonly number[];

/**
 * Measures rankings as they come and forgets them: a few numbers stay for each query. What it sums up to does not
 * depend on the order of pushes and merges: values are added in the order of query ids (compareIds), by the protocol's
 * kind of sum.
 */
export class MetricAggregator {
  readonly measures: readonly Measure[];
  readonly #options: MetricOptions;
  readonly #judge: Judge;
  readonly #rows = new Map<string, Row>();
  readonly #withoutJudgements = new Set<string>();
  #withoutDocuments = 0;

  constructor(options: MetricOptions) {
    checkOptions(options);
    const { protocol, relevanceLevel = 1, complete = false } = options;
    checkQrels('qrels', options.qrels);
    checkChoice('protocol', protocol, PROTOCOLS);
    checkInteger('relevanceLevel', relevanceLevel, 1);
    if (protocol === 'hakari' && (relevanceLevel !== 1 || complete)) {
      throw new InputError('relevanceLevel and complete belong to the protocol trec, got the protocol hakari');
    }
    this.measures = parseMeasures(options.measures);
    this.#options = options;
    this.#judge = new Judge(protocol, relevanceLevel, Math.max(...this.measures.map((measure) => measure.depth)));
  }

  /**
   * Counts one ranking. Under trec it is put in trec_eval's order first. Throws InputError if a document is repeated,
   * a score is NaN (trec), or the query was pushed before. `distinct` says that the documents are known to differ, as
   * those of an index or of a run that was read do, and saves the check.
   */
  push(ranking: Ranking, { distinct = false } = {}): void {
    const { queryId, documentIds } = ranking;
    if (this.#has(queryId)) throw new InputError(`query "${queryId}": its ranking is given twice`);
    checkScores(ranking);
    if (!distinct) checkDistinct(ranking);
    const judgements = this.#options.qrels.get(queryId);
    const judged = judgements !== undefined && judgements.size > 0;
    if (this.#options.protocol === 'hakari') {
      this.#rows.set(queryId, this.#evaluate(documentIds, judgements));
    } else if (judged) {
      const first = inTrecEvalOrder(ranking, this.#judge.depth);
      this.#rows.set(queryId, this.#evaluate(first, judgements, documentIds.length));
    }
    if (!judged) this.#withoutJudgements.add(queryId);
    if (documentIds.length === 0) this.#withoutDocuments++;
  }

  /** Takes over what another aggregator counted, which must measure the same over other queries. */
  merge(other: MetricAggregator): void {
    if (this.#rules() !== other.#rules()) {
      throw new InputError(`metrics cannot be merged: ${this.#rules()} is measured here, ${other.#rules()} there`);
    }
    for (const queryId of [...other.#rows.keys(), ...other.#withoutJudgements]) {
      if (this.#has(queryId)) throw new InputError(`query "${queryId}": its ranking is given twice`);
    }
    for (const [queryId, row] of other.#rows) this.#rows.set(queryId, row);
    for (const queryId of other.#withoutJudgements) this.#withoutJudgements.add(queryId);
    this.#withoutDocuments += other.#withoutDocuments;
  }

  summary(): MetricSummary {
    const rows = this.#orderedRows();
    const metrics: Record<string, number> = {};
    const relevant = rows.map(([, row]) => row[this.measures.length]!);
    if (rows.length > 0) {
      for (const [i, { name, average }] of this.measures.entries()) {
        metrics[name] = average.all(
          rows.map(([, row]) => row[i]!),
          relevant,
          SUMS[this.#options.protocol],
        );
      }
    }
    return {
      protocol: this.#options.protocol,
      metrics,
      queries: rows.length,
      queriesWithoutJudgements: this.#withoutJudgements.size,
      rankingsWithoutDocuments: this.#withoutDocuments,
      perQuery: () => rows.map(([queryId, row]) => ({ queryId, metrics: this.#single(row) })),
    };
  }

  #has(queryId: string): boolean {
    return this.#rows.has(queryId) || this.#withoutJudgements.has(queryId);
  }

  /** What must agree before two sets of values can be put together. */
  #rules(): string {
    const { protocol, relevanceLevel = 1, complete = false } = this.#options;
    const rules = `${protocol} at level ${relevanceLevel}${complete ? ' over all judged queries' : ''}`;
    return `${this.measures.map((measure) => measure.name).join(', ')} by ${rules}`;
  }

  #evaluate(documentIds: readonly string[], judgements?: ReadonlyMap<string, number>, retrieved?: number): Row {
    const query = this.#judge.judge(documentIds, judgements, retrieved);
    const row = this.measures.map((measure) => measure.compute(query));
    row.push(query.relevant);
    return row;
  }

  #orderedRows(): [string, Row][] {
    const rows = [...this.#rows];
    if (this.#options.complete) {
      for (const [queryId, judgements] of this.#options.qrels) {
        if (judgements.size > 0 && !this.#rows.has(queryId)) rows.push([queryId, this.#evaluate([], judgements)]);
      }
    }
    return rows.sort(([a], [b]) => compareIds(a, b));
  }

  #single(row: Row): Record<string, number> {
    const relevant = row[this.measures.length]!;
    return Object.fromEntries(this.measures.map(({ name, average }, i) => [name, average.single(row[i]!, relevant)]));
  }
}

function checkScores({ queryId, documentIds, scores }: Ranking): void {
  if (scores.length !== documentIds.length) {
    throw new InputError(`query "${queryId}": ${documentIds.length} documents but ${scores.length} scores`);
  }
}

function checkDistinct({ queryId, documentIds }: Ranking): void {
  if (new Set(documentIds).size === documentIds.length) return;
  const seen = new Set<string>();
  for (const id of documentIds) {
    if (seen.has(id)) throw new InputError(`query "${queryId}": document "${id}" is ranked twice`);
    seen.add(id);
  }
}
