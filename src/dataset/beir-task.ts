import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { show } from '../common/check.js';
import { InputError, messageOf } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';
import type { Qrels } from '../rank/qrels.js';
import { readBeirQrels } from './beir-qrels.js';
import type { Task, TextBatch, TextRow } from './task.js';
import { readLines } from './text-lines.js';

/*
 * BEIR datasets: `corpus.jsonl` (_id, title, text), `queries.jsonl` (_id, text), either of them also as `.jsonl.gz`,
 * and graded judgements in `qrels/<split>.tsv`.
 */

const suffix = '.tsv';

/** A batch ends at so many rows or so many characters. */
const batchRows = 1000;
/** A Map holds no more. */
const maximumRows = 2 ** 24;
const batchCharacters = 1 << 24;

export interface BeirTaskOptions {
  readonly group: string;
  /** The split of the judgements, `test` in most collections. */
  readonly name: string;
  /** The folder that holds corpus.jsonl. */
  readonly path: string;
  readonly language?: string | undefined;
  readonly category?: Task['category'];
}

export class BeirTask implements Task {
  readonly format = 'beir';
  readonly group: string;
  readonly name: string;
  readonly path: string;
  readonly language: string | undefined;
  readonly category: Task['category'];
  #qrels: Promise<Qrels> | undefined;

  constructor({ group, name, path, language, category }: BeirTaskOptions) {
    this.group = group;
    this.name = name;
    this.path = path;
    this.language = language;
    this.category = category;
  }

  /**
   * A document's text is title, one space, text where it has a title, else its text, without white space at the ends
   * (as BEIR and bm25s join them). Empty documents stay: they count in the corpus size and in the average length.
   */
  async *corpus(): AsyncGenerator<TextBatch, void, void> {
    yield* readRecords(await findTable(this.path, 'corpus'), (record, where) => {
      const title = optionalString(record, 'title', where);
      const text = string(record, 'text', where);
      return title ? `${title} ${text}`.trim() : text.trim();
    });
  }

  async corpusRows(): Promise<undefined> {}

  /** Only the queries that the split judges (BEIR's loader rule); `row` counts all queries of the file. */
  async *queries(): AsyncGenerator<TextBatch, void, void> {
    const qrels = await this.qrels();
    const path = await findTable(this.path, 'queries');
    for await (const { rows, read } of readRecords(path, (record, where) => string(record, 'text', where))) {
      yield { rows: rows.filter(({ id }) => qrels.has(id)), read };
    }
  }

  /** Grades as they stand in the file, 0 and below included. Read once. */
  qrels(): Promise<Qrels> {
    this.#qrels ??= readBeirQrels(join(this.path, 'qrels', this.name + suffix));
    return this.#qrels;
  }

  async candidateConfigs(): Promise<string[]> {
    return [];
  }

  candidates(config: string): never {
    throw new InputError(`${this.path}: no candidates ${show(config)}; a BEIR folder holds none`);
  }
}

/** The splits that have judgements, sorted. */
export async function listBeirSplits(folder: string): Promise<string[]> {
  const path = join(folder, 'qrels');
  try {
    const files = await readdir(path);
    return files
      .filter((file) => file.endsWith(suffix))
      .map((file) => file.slice(0, -suffix.length))
      .sort(compareIds);
  } catch (error) {
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}

/** The file that holds a table, or undefined when neither form is there. */
export async function beirTable(folder: string, table: 'corpus' | 'queries'): Promise<string | undefined> {
  for (const name of [`${table}.jsonl`, `${table}.jsonl.gz`]) {
    const path = join(folder, name);
    if (await exists(path)) return path;
  }
  return undefined;
}

async function findTable(folder: string, table: 'corpus' | 'queries'): Promise<string> {
  const path = await beirTable(folder, table);
  if (path === undefined) throw new InputError(`${join(folder, table)}.jsonl: no such file, nor one ending in .gz`);
  return path;
}

type JsonRecord = Readonly<Record<string, unknown>>;

async function* readRecords(
  path: string,
  textOf: (record: JsonRecord, where: string) => string,
): AsyncGenerator<TextBatch, void, void> {
  const lineOf = new Map<string, number>();
  let rows: TextRow[] = [];
  let characters = 0;
  for await (const { first, lines } of readLines(path)) {
    for (const [i, line] of lines.entries()) {
      const number = first + i;
      const where = `${path}:${number}`;
      const record = parseRecord(line, where);
      const id = string(record, '_id', where);
      const earlier = lineOf.get(id);
      if (earlier !== undefined) throw new InputError(`${where}: _id ${show(id)} is already in line ${earlier}`);
      if (lineOf.size === maximumRows) throw new InputError(`${where}: more than ${maximumRows} rows`);
      lineOf.set(id, number);
      const text = textOf(record, where);
      rows.push({ id, text, row: number - 1 });
      characters += text.length;
      if (rows.length === batchRows || characters > batchCharacters) {
        yield { rows, read: rows.length };
        rows = [];
        characters = 0;
      }
    }
  }
  if (rows.length > 0) yield { rows, read: rows.length };
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

function string(record: JsonRecord, field: string, where: string): string {
  const value = record[field];
  if (value === undefined) throw new InputError(`${where}: ${field} is missing`);
  if (typeof value !== 'string') throw new InputError(`${where}: ${field} is not a string`);
  return value;
}

function optionalString(record: JsonRecord, field: string, where: string): string | undefined {
  return record[field] === undefined || record[field] === null ? undefined : string(record, field, where);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
