import { join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { checkFileName, show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { AtomicFile } from '../common/write-atomic.js';
import type { Qrels } from '../rank/qrels.js';
import type { CandidateRow } from './task.js';

/** A document or query to write. */
export interface TextEntry {
  readonly id: string;
  readonly text: string;
}

type Rows<T> = Iterable<T> | AsyncIterable<T>;

export interface NanoContent {
  readonly corpus: Rows<TextEntry>;
  readonly queries: Rows<TextEntry>;
  /** Grades above 0 are written as positives; the format has no room for others. */
  readonly qrels: Qrels;
  /** Candidate config -> rankings, best first. */
  readonly candidates?: Readonly<Record<string, Rows<CandidateRow>>> | undefined;
}

/** Rows of a row group: what reader and writer hold at a time. */
const groupRows = 1000;

/**
 * Writes one split of a Nano folder, `{config}/{split}.parquet` under `folder`: corpus, queries and candidate configs
 * first and qrels last, each whole or not at all, so that the split becomes a task only when everything is there. Ids
 * may hold any characters. Throws InputError when an id is repeated or is not well-formed Unicode, naming it. The same
 * content gives the same bytes.
 */
export async function writeNanoTask(folder: string, split: string, content: NanoContent): Promise<void> {
  checkFileName('split', split);
  const { corpus, queries, qrels, candidates = {} } = content;
  for (const config of Object.keys(candidates)) checkFileName('candidate config', config);
  const path = (config: string) => join(folder, config, `${split}.parquet`);
  await writeTable(path('corpus'), textSchema, uniqueTexts(path('corpus'), corpus));
  await writeTable(path('queries'), textSchema, uniqueTexts(path('queries'), queries));
  for (const [config, rows] of Object.entries(candidates)) {
    await writeTable(path(config), candidateSchema, candidateRows(path(config), rows));
  }
  await writeTable(path('qrels'), qrelsSchema, positivePairs(path('qrels'), qrels));
}

const textSchema = table(string('_id'), string('text'));
const qrelsSchema = table(string('query-id'), string('corpus-id'));
const candidateSchema = table(string('query-id'), [
  { name: 'corpus-ids', repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...string('element'),
]);

function table(...columns: SchemaElement[][]): SchemaElement[] {
  return [{ name: 'schema', num_children: columns.length }, ...columns.flat()];
}

function string(name: string): SchemaElement[] {
  return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' }];
}

/** One value for each top-level column. */
type Row = readonly (string | readonly string[])[];

async function writeTable(path: string, schema: SchemaElement[], rows: AsyncIterable<Row>): Promise<void> {
  const names = schema.filter(({ name }) => name !== 'schema' && name !== 'list' && name !== 'element');
  const file = await AtomicFile.create(path);
  try {
    const bytes = new ByteWriter();
    const parquet = new ParquetWriter({ writer: bytes, schema, createdBy: 'tenbin' });
    let group: Row[] = [];
    const flush = async () => {
      // Plain, because a dictionary would have to be unfolded whole to read any row.
      const columnData = names.map(
        ({ name }, i): ColumnSource => ({ name, data: group.map((row) => row[i]), encoding: 'PLAIN' }),
      );
      await parquet.write({ columnData, rowGroupSize: groupRows });
      group = [];
      await drain(bytes, file);
    };
    for await (const row of rows) {
      group.push(row);
      if (group.length === groupRows) await flush();
    }
    if (group.length > 0) await flush();
    await parquet.finish();
    await drain(bytes, file);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Moves what has been encoded into the file; `offset` goes on counting. */
async function drain(bytes: ByteWriter, file: AtomicFile): Promise<void> {
  await file.write(bytes.getBytes());
  bytes.index = 0;
}

async function* uniqueTexts(path: string, entries: Rows<TextEntry>): AsyncGenerator<Row, void, void> {
  const seen = new Set<string>();
  for await (const { id, text } of entries) {
    refuseRepeated(path, seen, id);
    yield [id, wellFormed(path, id, text)];
  }
}

async function* candidateRows(path: string, rankings: Rows<CandidateRow>): AsyncGenerator<Row, void, void> {
  const seen = new Set<string>();
  for await (const { queryId, documentIds } of rankings) {
    refuseRepeated(path, seen, queryId);
    yield [queryId, documentIds.map((id) => wellFormed(path, id, id))];
  }
}

async function* positivePairs(path: string, qrels: Qrels): AsyncGenerator<Row, void, void> {
  for (const [queryId, judged] of qrels) {
    for (const [documentId, grade] of judged) {
      if (grade > 0) yield [wellFormed(path, queryId, queryId), wellFormed(path, documentId, documentId)];
    }
  }
}

function refuseRepeated(path: string, seen: Set<string>, id: string): void {
  wellFormed(path, id, id);
  if (seen.has(id)) throw new InputError(`${path}: id ${show(id)} is repeated`);
  seen.add(id);
}

/** A lone surrogate has no UTF-8 form and would be read back as another character. */
function wellFormed(path: string, id: string, text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new InputError(`${path}: id ${show(id)} holds half of a surrogate pair`);
  return text;
}
