import type { AuditOptions, SourceCount } from './audit-options.js';
import type { EvaluationTexts, SourceText } from './evaluation-texts.js';
import { type MatchedBlock, matchBlocks } from './match-blocks.js';
import { formatOf } from './open-training.js';
import type { RowText } from './training-block.js';

/**
 * Finds the rows that tasks were made from in files that may hold them, the original data: rows in which a query or
 * document of the task stands. What else stands in such a row, the answer to a query say, is the source text of the task.
 * Each text is given once for a task.
 */
export async function readSourceRows(
  texts: EvaluationTexts,
  { sources = [], sourceFields: fields, short = false, signal, onProgress }: AuditOptions,
): Promise<{ texts: SourceText[]; counts: SourceCount[] }> {
  const collector = new Collector();
  const counts: SourceCount[] = [];
  for (const file of sources) {
    const count = { file, rows: 0, sourceRows: 0 };
    for await (const matched of matchBlocks(file, texts, { format: formatOf(file, undefined), fields, signal })) {
      for (const { place, rowTexts, tasks } of linkedRows(file, matched, texts, fields)) {
        const sourceOf = [...tasks].filter(([, { kinds }]) => short || kinds.size > 1 || !kinds.has('short'));
        if (sourceOf.length > 0) count.sourceRows++;
        for (const [task, own] of sourceOf) collector.add(task, place, rowTexts(), own.fields);
      }
      count.rows += matched.rows;
      onProgress?.({ stage: 'finding source rows', file, done: count.rows });
    }
    counts.push(count);
  }
  return { texts: collector.texts, counts };
}

/** A row in which something was found. */
interface LinkedRow {
  readonly place: string;
  rowTexts(): readonly RowText[];
  /** By the number of a task whose texts stand in it: of what kinds, and the fields that are such a text as a whole. */
  readonly tasks: Map<number, { readonly kinds: Set<string>; readonly fields: Set<string | undefined> }>;
}

function linkedRows(
  file: string,
  { block, found, rowsBefore }: MatchedBlock,
  texts: EvaluationTexts,
  fields: readonly string[] | undefined,
): Iterable<LinkedRow> {
  const rows = new Map<number, LinkedRow>();
  for (const match of found.matches) {
    const { begin, field, line, row: number } = block.place(match, rowsBefore);
    const place = line === undefined ? `${file}: row ${number}` : `${file}:${line}`;
    const row = rows.get(begin) ?? { place, rowTexts: () => block.rowTexts(match, fields), tasks: new Map() };
    rows.set(begin, row);
    const task = texts.taskOf(match.text);
    const own = row.tasks.get(task) ?? { kinds: new Set(), fields: new Set() };
    row.tasks.set(task, own);
    own.kinds.add(match.kind);
    if (match.kind === 'exact' || match.kind === 'short') own.fields.add(field);
  }
  return rows.values();
}

class Collector {
  readonly texts: SourceText[] = [];
  readonly #seen = new Map<number, Set<string>>();

  /** Takes the texts of a row but for the task's own, which stand in the fields `own`, and those it has already. */
  add(task: number, place: string, row: readonly RowText[], own: ReadonlySet<string | undefined>): void {
    const seen = this.#seen.get(task) ?? new Set();
    this.#seen.set(task, seen);
    for (const { field, text } of row) {
      if (own.has(field) || seen.has(text) || text.trim() === '') continue;
      seen.add(text);
      this.texts.push({ task, id: field === undefined ? place : `${place} ${field}`, text });
    }
  }
}
