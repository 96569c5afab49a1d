import { InputError } from '../common/errors.js';
import type { Qrels } from '../rank/qrels.js';
import { readBeirQrels } from './beir-qrels.js';
import { type Rows, readRows } from './trec-lines.js';

/**
 * Reads TREC judgements, `query iter document grade` with fields separated by whitespace, or BEIR's `qrels/*.tsv`, which
 * has a header of three fields. A path that ends in `.gz` is unpacked. Throws InputError naming file and line if a row
 * has another number of fields, a grade is not a whole number, or a query and document are judged twice; and naming the
 * file if it holds no row.
 */
export async function readTrecQrels(path: string): Promise<Qrels> {
  const qrels = (await isBeir(path)) ? await readBeirQrels(path) : await readRowsOfFour(path);
  if (qrels.size === 0) throw new InputError(`${path}: holds no judgement`);
  return qrels;
}

async function isBeir(path: string): Promise<boolean> {
  for await (const rows of readRows(path)) {
    while (rows.next()) return rows.line === 1 && rows.count === 3 && !WHOLE_NUMBER.test(rows.text(2));
  }
  return false;
}

async function readRowsOfFour(path: string): Promise<Qrels> {
  const qrels = new Map<string, Map<string, number>>();
  for await (const rows of readRows(path)) {
    while (rows.next()) addRow(path, rows, qrels);
  }
  return qrels;
}

const WHOLE_NUMBER = /^[-+]?\d{1,15}$/;

function addRow(path: string, rows: Rows, qrels: Map<string, Map<string, number>>): void {
  if (rows.count !== 4) throw new InputError(`${path}:${rows.line}: expected 4 fields, got ${rows.count}`);
  const queryId = rows.text(0);
  const documentId = rows.text(2);
  const written = rows.text(3);
  const grade = WHOLE_NUMBER.test(written) ? Number(written) : Number.NaN;
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
