import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, messageOf } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';
import type { Qrels } from '../rank/qrels.js';
import { readBeirQrels } from './beir-qrels.js';
import { listEntries } from './folder-files.js';
import { type JsonRecord, optionalString, readJsonTexts, stringField } from './jsonl-texts.js';
import { listRunConfigs, readRunCandidates } from './run-candidates.js';
import type { CandidateRow, Task, TextBatch } from './task.js';
import type { KeyedText } from './text-batches.js';

/*
 * BEIR datasets: `corpus.jsonl` (_id, title, text), `queries.jsonl` (_id, text), either of them also as `.jsonl.gz`,
 * and graded judgements in `qrels/<split>.tsv` or `.tsv.gz`.
 */

const suffixes = ['.tsv', '.tsv.gz'];

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
    yield* readJsonTexts(await findTable(this.path, 'corpus'), (record, where) => {
      const title = optionalString(record, 'title', where);
      const { id, text } = keyed(record, where);
      return { key: '_id', id, text: title ? `${title} ${text}`.trim() : text.trim() };
    });
  }

  async corpusRows(): Promise<undefined> {}

  /** Only the queries that the split judges (BEIR's loader rule); `row` counts all queries of the file. */
  async *queries(): AsyncGenerator<TextBatch, void, void> {
    const qrels = await this.qrels();
    const path = await findTable(this.path, 'queries');
    for await (const { rows, read } of readJsonTexts(path, keyed)) {
      yield { rows: rows.filter(({ id }) => qrels.has(id)), read };
    }
  }

  /** Grades as they stand in the file, 0 and below included. Read once. */
  qrels(): Promise<Qrels> {
    this.#qrels ??= findQrels(this.path, this.name).then(readBeirQrels);
    return this.#qrels;
  }

  /** Of runs in `candidates/`, as `tenbin convert` writes them: the layout itself has no room for any. */
  candidateConfigs(): Promise<string[]> {
    return listRunConfigs(this.path);
  }

  candidates(config: string): AsyncIterable<CandidateRow> {
    return readRunCandidates(this.path, config);
  }
}

/** The splits that have judgements, sorted. */
export async function listBeirSplits(folder: string): Promise<string[]> {
  const path = join(folder, 'qrels');
  try {
    const splits = (await readdir(path)).flatMap((file) => {
      const suffix = suffixes.find((end) => file.endsWith(end));
      return suffix === undefined ? [] : [file.slice(0, -suffix.length)];
    });
    return [...new Set(splits)].sort(compareIds);
  } catch (error) {
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}

/** The file that holds a table, or undefined when neither form is there. */
export async function beirTable(folder: string, table: 'corpus' | 'queries'): Promise<string | undefined> {
  const names = await listEntries(folder);
  const found = [`${table}.jsonl`, `${table}.jsonl.gz`].find((name) => names.includes(name));
  return found && join(folder, found);
}

async function findQrels(folder: string, split: string): Promise<string> {
  const path = join(folder, 'qrels', split);
  const names = await listEntries(join(folder, 'qrels'));
  return path + (suffixes.find((suffix) => names.includes(split + suffix)) ?? '.tsv');
}

async function findTable(folder: string, table: 'corpus' | 'queries'): Promise<string> {
  const path = await beirTable(folder, table);
  if (path === undefined) throw new InputError(`${join(folder, table)}.jsonl: no such file, nor one ending in .gz`);
  return path;
}

function keyed(record: JsonRecord, where: string): Omit<KeyedText, 'line'> {
  return { key: '_id', id: stringField(record, '_id', where), text: stringField(record, 'text', where) };
}
