import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { readDelimited } from './delimited.js';
import { type JsonRecord, readJsonLines } from './jsonl-texts.js';

/** A query and a document that answers it. */
export interface Pair {
  readonly where: string;
  readonly query: PairText;
  readonly document: PairText;
}

export interface PairText {
  readonly id: string | undefined;
  readonly text: string;
}

/** Names that fields go by; the first that is there counts. */
const fields = {
  query: ['query', 'question', 'anchor'],
  document: ['positive', 'pos', 'document', 'passage', 'answer', 'text'],
  queryId: ['query_id', 'query-id', 'qid'],
  documentId: ['document_id', 'doc_id', 'corpus-id', 'positive_id'],
} as const;

const form = /\.(jsonl|csv|tsv)(?:\.gz)?$/;

/** Whether a path may be one of a file of pairs. */
export function isPairsFile(path: string): boolean {
  return form.test(path);
}

/**
 * The pairs of a file: JSON Lines with the fields `query` and `positive` (a text or several), or a CSV or TSV whose first
 * line names such columns; `.gz` is unpacked. Other names are known for them, and ids may stand in `query_id` and
 * `document_id`. Throws InputError naming file and line.
 */
export function readPairs(path: string): AsyncGenerator<Pair, void, void> {
  const [, type] = form.exec(path) ?? [];
  if (type === 'jsonl') return jsonPairs(path);
  return delimitedPairs(path, type === 'csv' ? ',' : '\t');
}

async function* jsonPairs(path: string): AsyncGenerator<Pair, void, void> {
  for await (const { record, where } of readJsonLines(path)) {
    const names = columnsOf(Object.keys(record), where);
    const [query] = texts(record, names.query, where);
    if (query === undefined) throw new InputError(`${where}: ${names.query} is an empty list`);
    const queryId = optionalId(record, names.queryId, where);
    const documents = texts(record, names.document, where);
    const documentIds = names.documentId === undefined ? [] : texts(record, names.documentId, where);
    if (documentIds.length > 0 && documentIds.length !== documents.length) {
      throw new InputError(`${where}: ${documentIds.length} ids of ${documents.length} documents`);
    }
    for (const [i, text] of documents.entries()) {
      yield { where, query: { id: queryId, text: query }, document: { id: documentIds[i], text } };
    }
  }
}

async function* delimitedPairs(path: string, separator: ',' | '\t'): AsyncGenerator<Pair, void, void> {
  let header: readonly string[] | undefined;
  let names: Columns | undefined;
  for await (const { line, fields } of readDelimited(path, separator)) {
    const where = `${path}:${line}`;
    if (header === undefined || names === undefined) {
      header = fields;
      names = columnsOf(header, where);
      continue;
    }
    if (fields.length !== header.length) {
      throw new InputError(`${where}: ${fields.length} fields where the first line has ${header.length}`);
    }
    const value = (name: string | undefined) => (name === undefined ? undefined : fields[header!.indexOf(name)]);
    yield {
      where,
      query: { id: value(names.queryId), text: value(names.query)! },
      document: { id: value(names.documentId), text: value(names.document)! },
    };
  }
}

interface Columns {
  readonly query: string;
  readonly document: string;
  readonly queryId: string | undefined;
  readonly documentId: string | undefined;
}

function columnsOf(names: readonly string[], where: string): Columns {
  const find = (known: readonly string[]) => known.find((name) => names.includes(name));
  const query = find(fields.query);
  const document = find(fields.document);
  if (query === undefined || document === undefined) {
    const missing = query === undefined ? fields.query : fields.document;
    const present = names.slice(0, 10).map(show).join(', ') || 'none';
    throw new InputError(`${where}: no field ${missing.join(', ')}; fields are ${present}`);
  }
  return { query, document, queryId: find(fields.queryId), documentId: find(fields.documentId) };
}

/** A text, or the texts of a list. */
function texts(record: JsonRecord, field: string, where: string): string[] {
  const value = record[field];
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.map((text) => {
    if (typeof text !== 'string') throw new InputError(`${where}: ${field} is not a string`);
    return text;
  });
}

function optionalId(record: JsonRecord, field: string | undefined, where: string): string | undefined {
  return field === undefined ? undefined : texts(record, field, where)[0];
}
