import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { TextBatch } from './task.js';
import { batchTexts, type KeyedText } from './text-batches.js';
import { readLines } from './text-lines.js';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** An object of a file, the number of its line, and `file:line` for messages. */
export interface JsonLine {
  readonly record: JsonRecord;
  readonly line: number;
  readonly where: string;
}

/** Reads the objects of a JSON Lines file. A `.gz` is unpacked. */
export async function* readJsonLines(path: string): AsyncGenerator<JsonLine, void, void> {
  for await (const { first, lines } of readLines(path)) {
    for (const [i, text] of lines.entries()) {
      const line = first + i;
      const where = `${path}:${line}`;
      yield { record: parseRecord(text, where), line, where };
    }
  }
}

/** The rows of a JSON Lines table. Throws InputError naming file and line, also when an id is repeated. */
export function readJsonTexts(path: string, rowOf: RowOf): AsyncGenerator<TextBatch, void, void> {
  return batchTexts(path, rows(path, rowOf));
}

type RowOf = (record: JsonRecord, where: string) => Omit<KeyedText, 'line'>;

async function* rows(path: string, rowOf: RowOf): AsyncGenerator<KeyedText, void, void> {
  for await (const { record, line, where } of readJsonLines(path)) yield { ...rowOf(record, where), line };
}

export function stringField(record: JsonRecord, field: string, where: string): string {
  const value = record[field];
  if (value === undefined) throw new InputError(`${where}: ${field} is missing`);
  if (typeof value !== 'string') throw new InputError(`${where}: ${field} is not a string`);
  return value;
}

/** Undefined where the field is missing or null. */
export function optionalString(record: JsonRecord, field: string, where: string): string | undefined {
  return record[field] === undefined || record[field] === null ? undefined : stringField(record, field, where);
}

/** The first of the fields that is there. */
export function firstField(record: JsonRecord, fields: readonly string[], where: string): string {
  for (const field of fields) {
    const value = optionalString(record, field, where);
    if (value !== undefined) return value;
  }
  throw new InputError(`${where}: none of the fields ${fields.join(', ')} is there, only ${present(record)}`);
}

function present(record: JsonRecord): string {
  return Object.keys(record).slice(0, 10).map(show).join(', ') || 'no field at all';
}

function parseRecord(line: string, where: string): JsonRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new InputError(`${where}: not JSON`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${where}: not a JSON object`);
  }
  return value as JsonRecord;
}
