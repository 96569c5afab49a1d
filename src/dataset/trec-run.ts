import { InputError } from '../common/errors.js';
import { ownCopy } from '../common/own-copy.js';
import type { Ranking } from '../rank/ranking.js';
import { type Rows, readRows } from './trec-lines.js';

export interface TrecRun {
  /** Name of the run: the tag of the last row, as trec_eval takes it. */
  readonly tag: string;
  /** One entry per query, its documents in the order of the file, so that scores may rise. */
  readonly rankings: ReadonlyMap<string, Ranking>;
}

/** A set keeps the documents in order and finds a repeated one. */
interface Entry {
  readonly queryId: string;
  readonly documentIds: Set<string>;
  readonly scores: number[];
}

/**
 * Reads a TREC run: `query Q0 document rank score tag`, fields separated by whitespace, anything after the tag and the
 * rank ignored, rows in any order. A path that ends in `.gz` is unpacked. Throws InputError naming file and line if a
 * row has too few fields, a score is not a number, or a document is ranked twice for a query; and naming the file if it
 * holds no row.
 */
export async function readTrecRun(path: string): Promise<TrecRun> {
  const entries = new Map<string, Entry>();
  let tag = '';
  let entry: Entry | undefined;
  for await (const rows of readRows(path)) {
    let any = false;
    while (rows.next()) {
      if (rows.count < 6) throw new InputError(`${path}:${rows.line}: expected 6 fields, got ${rows.count}`);
      if (entry === undefined || !rows.is(0, entry.queryId)) entry = findEntry(entries, ownCopy(rows.text(0)));
      addRow(path, rows, entry);
      any = true;
    }
    if (any) tag = rows.text(5);
  }
  if (entry === undefined) throw new InputError(`${path}: holds no ranked document`);
  return { tag, rankings: toRankings(entries) };
}

function findEntry(entries: Map<string, Entry>, queryId: string): Entry {
  const known = entries.get(queryId);
  if (known !== undefined) return known;
  const entry = { queryId, documentIds: new Set<string>(), scores: [] };
  entries.set(queryId, entry);
  return entry;
}

function addRow(path: string, rows: Rows, { queryId, documentIds, scores }: Entry): void {
  const documentId = ownCopy(rows.text(2));
  documentIds.add(documentId);
  if (documentIds.size === scores.length) {
    throw new InputError(`${path}:${rows.line}: document "${documentId}" is ranked twice for query "${queryId}"`);
  }
  scores.push(readScore(path, rows));
}

function readScore(path: string, rows: Rows): number {
  const text = rows.text(4);
  const score = Number(text);
  if (!Number.isNaN(score)) return score;
  const infinite = /^([-+]?)inf$/i.exec(text);
  if (infinite === null) throw new InputError(`${path}:${rows.line}: the score "${text}" is not a number`);
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function toRankings(entries: Map<string, Entry>): Map<string, Ranking> {
  const rankings = new Map<string, Ranking>();
  for (const [queryId, { documentIds, scores }] of entries) {
    rankings.set(queryId, { queryId, documentIds: [...documentIds], scores: Float64Array.from(scores) });
  }
  return rankings;
}
