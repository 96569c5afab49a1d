import { InputError } from '../common/errors.js';
import type { Qrels } from '../rank/qrels.js';
import { type Rows, readRows } from './trec-lines.js';

/** BEIR's header; its rows have no `iter` field and are separated by tabs. */
const beirHeader = ['query-id', 'corpus-id', 'score'];

/**
 * Reads TREC judgements, `query iter document grade` with fields separated by whitespace, or BEIR's `qrels/*.tsv`,
 * known by its header. A path that ends in `.gz` is unpacked. Throws InputError naming file and line if a row has
 * another number of fields, a grade is not a whole number, or a query and document are judged twice; and naming the
 * file if it holds no row.
 */
export async function readTrecQrels(path: string): Promise<Qrels> {
  const qrels = new Map<string, Map<string, number>>();
  let width = 4;
  for await (const rows of readRows(path)) {
    while (rows.next()) {
      if (rows.line === 1 && isBeirHeader(rows)) {
        width = beirHeader.length;
        rows.tabsOnly = true;
      } else addRow(path, rows, width, qrels);
    }
  }
  if (qrels.size === 0) throw new InputError(`${path}: holds no judgement`);
  return qrels;
}

function isBeirHeader(rows: Rows): boolean {
  return rows.count === beirHeader.length && beirHeader.every((name, field) => rows.is(field, name));
}

function addRow(path: string, rows: Rows, width: number, qrels: Map<string, Map<string, number>>): void {
  if (rows.count !== width) throw new InputError(`${path}:${rows.line}: expected ${width} fields, got ${rows.count}`);
  const queryId = rows.text(0);
  const documentId = rows.text(width - 2);
  const written = rows.text(width - 1);
  const grade = /^[-+]?\d{1,15}$/.test(written) ? Number(written) : Number.NaN;
  if (Number.isNaN(grade)) throw new InputError(`${path}:${rows.line}: the grade "${written}" is not a whole number`);
  let judgements = qrels.get(queryId);
  if (judgements === undefined) {
    judgements = new Map();
    qrels.set(queryId, judgements);
  }
  if (judgements.has(documentId)) {
    throw new InputError(`${path}:${rows.line}: query "${queryId}" and document "${documentId}" are judged twice`);
  }
  judgements.set(documentId, grade);
}
