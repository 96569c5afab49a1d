import { join } from 'node:path';
import { InputError } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';
import type { Qrels } from '../rank/qrels.js';
import { listEntries } from './folder-files.js';
import { listRunConfigs, readRunCandidates } from './run-candidates.js';
import type { CandidateRow, Task, TextBatch } from './task.js';
import { readTrecQrels } from './trec-qrels.js';
import { readDocuments, readTopics } from './trec-texts.js';

/*
 * TREC collections: documents in `docs`, queries in `queries` or `topics`, judgements in `qrels` or `qrels.<split>`, with
 * these ends of names, or `.gz` behind them.
 */
const documentFile = /^docs\.(?:jsonl|tsv)(?:\.gz)?$/;
const queryFile = /^(?:queries|topics)\.(?:jsonl|tsv|txt|trec)(?:\.gz)?$/;
const qrelsFile = /^qrels(?:\.(.+?))??(?:\.(?:trec|txt|tsv))?(?:\.gz)?$/;

/** The split of a file `qrels` that names none. */
const unnamed = 'test';

export interface TrecTaskOptions {
  readonly group: string;
  /** The split of the judgements. */
  readonly name: string;
  /** The folder that holds the files. */
  readonly path: string;
  readonly files: TrecFiles;
  readonly language?: string | undefined;
  readonly category?: Task['category'];
}

/** Names of files in a folder. */
export interface TrecFiles {
  readonly documents: string;
  readonly queries: string;
  /** Split -> file, sorted. */
  readonly qrels: ReadonlyMap<string, string>;
}

export class TrecTask implements Task {
  readonly format = 'trec';
  readonly group: string;
  readonly name: string;
  readonly path: string;
  readonly language: string | undefined;
  readonly category: Task['category'];
  readonly #files: TrecFiles;
  #qrels: Promise<Qrels> | undefined;

  constructor({ group, name, path, files, language, category }: TrecTaskOptions) {
    this.group = group;
    this.name = name;
    this.path = path;
    this.language = language;
    this.category = category;
    this.#files = files;
  }

  /** Documents without text stay: they count in the corpus size. */
  corpus(): AsyncIterable<TextBatch> {
    return readDocuments(join(this.path, this.#files.documents));
  }

  async corpusRows(): Promise<undefined> {}

  /** Only the queries that the split judges; `row` counts all queries of the file. */
  async *queries(): AsyncGenerator<TextBatch, void, void> {
    const qrels = await this.qrels();
    for await (const { rows, read } of readTopics(join(this.path, this.#files.queries))) {
      yield { rows: rows.filter(({ id }) => qrels.has(id)), read };
    }
  }

  /** Grades as they stand in the file. Read once. */
  qrels(): Promise<Qrels> {
    this.#qrels ??= readTrecQrels(join(this.path, this.#files.qrels.get(this.name) ?? 'qrels'));
    return this.#qrels;
  }

  candidateConfigs(): Promise<string[]> {
    return listRunConfigs(this.path);
  }

  candidates(config: string): AsyncIterable<CandidateRow> {
    return readRunCandidates(this.path, config);
  }
}

/** Undefined when the folder holds no `docs` file. Throws InputError naming what is missing beside it, or there twice. */
export async function findTrecFiles(folder: string): Promise<TrecFiles | undefined> {
  const names = await listEntries(folder);
  const documents = only(folder, names, documentFile);
  if (documents === undefined) return undefined;
  const queries = only(folder, names, queryFile);
  if (queries === undefined)
    throw new InputError(`${folder}: no queries or topics (.jsonl, .tsv, .txt, .trec) beside ${documents}`);
  const qrels = new Map<string, string>();
  for (const name of names) {
    const match = qrelsFile.exec(name);
    if (match === null) continue;
    const split = match[1] ?? unnamed;
    const earlier = qrels.get(split);
    if (earlier !== undefined)
      throw new InputError(`${folder}: ${earlier} and ${name} are both judgements of ${split}`);
    qrels.set(split, name);
  }
  if (qrels.size === 0) throw new InputError(`${folder}: no qrels (.trec, .txt, .tsv) beside ${documents}`);
  return { documents, queries, qrels: new Map([...qrels].sort(([a], [b]) => compareIds(a, b))) };
}

function only(folder: string, names: readonly string[], form: RegExp): string | undefined {
  const found = names.filter((name) => form.test(name));
  if (found.length > 1) throw new InputError(`${folder}: ${found.join(' and ')} are both there; which is meant?`);
  return found[0];
}
