import { compareIds } from '../common/id-order.js';
import type { TextEntry } from '../dataset/nano-writer.js';
import type { SamplingOptions } from './build-options.js';
import { countDropped, type DroppedJudgements } from './dropped.js';
import { DistinctQueries, Documents, inHashOrder } from './selected.js';
import type { Survey } from './survey.js';

/** What a set will hold. */
export interface Selection {
  readonly queries: readonly TextEntry[];
  /** Query id -> its documents of grade above 0, all of them in the corpus, each query at least one. */
  readonly positives: ReadonlyMap<string, readonly string[]>;
  /** Rows of the source's corpus in the order they were taken. */
  readonly rows: readonly number[];
  readonly counts: SelectionCounts;
}

export interface SelectionCounts {
  readonly positiveDocuments: number;
  readonly hardNegatives: number;
  readonly fill: number;
  /** Queries that were left out because another has their id or text. */
  readonly repeatedQueries: number;
  /** Queries that were taken, and left out when none of their positives could be kept. */
  readonly queriesWithoutPositives: number;
  /** Judgements above 0 of the queries kept, that are not in the set: by why their document is not. */
  readonly droppedJudgements: DroppedJudgements;
}

/**
 * HAKARI's selection: queries with a relevant document; then their positives, their documents judged not relevant, one
 * of each query in turn, and others, until there are enough documents. A document without text is passed over, and so is
 * one whose id or text has been taken; the judgement of such a positive goes, and a query that is left with none.
 *
 * In the order `source`, queries, judgements and others are taken as they stand; others only among the first rows; what
 * goes is not replaced, and judgements beyond the limit of a query are cut off last, so that their documents stay.
 * In the order `seed`, everything is taken by hash; a query that goes makes room for the next; documents of judgements
 * beyond the limit stay out of the set.
 *
 * Where there are several subsets, queries are taken from each in turn; others too, but not in the order `source`.
 */
export function select(survey: Survey, options: SamplingOptions): Selection {
  const taken = new Documents(survey.corpus, options);
  const relevant = byQuery(survey, true);
  const picked =
    options.order === 'source' ? pickAsTheyStand(survey, taken, options) : pickByHash(survey, relevant, taken, options);
  const positiveDocuments = taken.rows.length;
  takeInTurn(survey, picked, taken, options);
  const hardNegatives = taken.rows.length - positiveDocuments;
  fill(survey, picked, taken, options);
  const positives = new Map<string, readonly string[]>();
  for (const { id } of picked.queries) {
    positives.set(id, picked.positives.get(id)!.slice(0, options.positives));
  }
  return {
    queries: picked.queries,
    positives,
    rows: taken.rows,
    counts: {
      positiveDocuments,
      hardNegatives,
      fill: taken.rows.length - positiveDocuments - hardNegatives,
      repeatedQueries: picked.repeated,
      queriesWithoutPositives: picked.without,
      droppedJudgements: countDropped(picked.queries, relevant, positives, taken, options),
    },
  };
}

interface Picked {
  readonly queries: readonly TextEntry[];
  readonly positives: ReadonlyMap<string, readonly string[]>;
  /** Judged documents of the queries that were taken first. */
  readonly wanted: number;
  readonly repeated: number;
  readonly without: number;
}

function pickAsTheyStand(
  { queries, judgements, subsetOf }: Survey,
  taken: Documents,
  options: SamplingOptions,
): Picked {
  const distinct = new DistinctQueries(options);
  const first = new Map<string, TextEntry>();
  for (const query of inTurn(queries, ({ id }) => subsetOf(id))) {
    if (first.size === options.queries) break;
    if (distinct.add(query)) first.set(query.id, query);
  }
  const positives = new Map<string, string[]>();
  const wanted = new Set<string>();
  for (const { queryId, documentId, relevant } of judgements) {
    if (!first.has(queryId)) continue;
    wanted.add(documentId);
    if (relevant && taken.add(documentId)) positives.set(queryId, [...(positives.get(queryId) ?? []), documentId]);
  }
  const kept = [...first.values()].filter(({ id }) => positives.has(id));
  return {
    queries: kept,
    positives,
    wanted: wanted.size,
    repeated: distinct.repeated,
    without: first.size - kept.length,
  };
}

function pickByHash(
  { queries, subsetOf }: Survey,
  relevant: ReadonlyMap<string, readonly string[]>,
  taken: Documents,
  options: SamplingOptions,
): Picked {
  const distinct = new DistinctQueries(options);
  const kept: TextEntry[] = [];
  const positives = new Map<string, readonly string[]>();
  /** For later queries may have them as positives. */
  const barred = new Set<string>();
  let without = 0;
  const hashed = inHashOrder(queries, options.seed, ({ id }) => id);
  for (const query of inTurn(hashed, ({ id }) => subsetOf(id))) {
    if (kept.length === options.queries) break;
    if (!distinct.add(query)) continue;
    const found: string[] = [];
    const beyond: string[] = [];
    for (const id of inHashOrder(relevant.get(query.id) ?? [], options.seed, (each) => each)) {
      if (found.length === options.positives) beyond.push(id);
      else if (taken.add(id)) found.push(id);
    }
    if (found.length === 0) {
      without++;
      distinct.remove(query);
      continue;
    }
    for (const id of beyond) barred.add(id);
    kept.push(query);
    positives.set(query.id, found);
  }
  for (const id of barred) taken.bar(id);
  return { queries: kept, positives, wanted: 0, repeated: distinct.repeated, without };
}

/** Hard negatives: the first of each query by id, then the second of each ... Judged ones come before candidates. */
function takeInTurn(survey: Survey, { queries }: Picked, taken: Documents, options: SamplingOptions): void {
  const negatives = byQuery(survey, false);
  const lists = queries
    .map(({ id }) => id)
    .sort(compareIds)
    .map((id) => {
      const judged = negatives.get(id) ?? [];
      const ordered = options.order === 'source' ? judged : inHashOrder(judged, options.seed, (each) => each);
      return [...ordered, ...(survey.hardNegatives.get(id) ?? [])];
    });
  const longest = lists.reduce((most, list) => Math.max(most, list.length), 0);
  for (let turn = 0; turn < longest && !taken.full; turn++) {
    for (const list of lists) if (turn < list.length) taken.add(list[turn]!);
  }
}

function fill({ corpus }: Survey, { wanted }: Picked, taken: Documents, { documents, order }: SamplingOptions): void {
  const { rows, shuffled, subsets } = corpus;
  if (order === 'source') {
    const first = Math.min(rows, Math.max(3 * documents, documents + wanted));
    for (let row = 0; row < first && !taken.full; row++) taken.addRow(row);
    return;
  }
  for (const row of subsets === undefined ? shuffled : inTurn(shuffled, (each) => subsets[each]!)) {
    if (taken.full) return;
    taken.addRow(row);
  }
}

/** The first of each subset, then the second of each ... */
function* inTurn<T>(items: Iterable<T>, subsetOf: (item: T) => number): Generator<T> {
  const lists = new Map<number, T[]>();
  for (const item of items) {
    const subset = subsetOf(item);
    const list = lists.get(subset);
    if (list === undefined) lists.set(subset, [item]);
    else list.push(item);
  }
  const inOrder = [...lists].sort(([a], [b]) => a - b).map(([, list]) => list);
  for (let turn = 0; inOrder.some((list) => turn < list.length); turn++) {
    for (const list of inOrder) if (turn < list.length) yield list[turn]!;
  }
}

function byQuery({ judgements }: Survey, wanted: boolean): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const { queryId, documentId, relevant } of judgements) {
    if (relevant !== wanted) continue;
    const list = lists.get(queryId);
    if (list === undefined) lists.set(queryId, [documentId]);
    else list.push(documentId);
  }
  return lists;
}
