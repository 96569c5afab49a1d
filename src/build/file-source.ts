import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { NanoTask } from '../dataset/nano-task.js';
import type { TextEntry } from '../dataset/nano-writer.js';
import type { CandidateRow } from '../dataset/task.js';
import type { FullSource, Judgement, SourceFacts } from './source.js';
import type { SourceFiles } from './source-files.js';
import { type Field, readRows, type SourceRow } from './source-rows.js';
import { joinTitle, strip } from './source-text.js';

/*
 * A full benchmark as files, by HAKARI's column names (its builder's aliases, first match wins): what BEIR, MTEB and
 * others call the same thing.
 */

const required = (title: string, aliases: string): Field => ({ title, aliases: aliases.split(' '), required: true });
const optional = (title: string, aliases: string): Field => ({ ...required(title, aliases), required: false });

const documentFields = [
  required('document id', '_id id docid doc_id corpus-id corpus_id document_id'),
  optional('title', 'title'),
  optional('text', 'text document contents content body passage'),
];
const queryFields = [
  required('query id', '_id id qid query-id query_id'),
  required('query text', 'text query question'),
];
const qrelsFields = [
  required('query id', 'query-id query_id qid query'),
  required('document id', 'corpus-id corpus_id doc-id doc_id docid document_id'),
  { ...optional('score', 'score relevance label'), isScore: true },
];

export class FileSource implements FullSource {
  readonly path: string;
  readonly split: string;
  readonly name: string;
  readonly isOneOfMany: boolean;
  readonly language?: undefined;
  readonly category?: undefined;
  readonly #files: SourceFiles;
  readonly #facts: SourceFacts | undefined;

  /** `facts` are of files that were verified already, as those from the Hub. */
  constructor(path: string, files: SourceFiles, facts?: SourceFacts) {
    this.path = path;
    this.split = files.split;
    this.name = facts === undefined ? basename(resolve(path)) : facts.name.slice(facts.name.indexOf('/') + 1);
    this.isOneOfMany = !['test', 'dev', 'train', 'validation'].includes(files.split);
    this.#files = files;
    this.#facts = facts;
  }

  documents(): AsyncGenerator<TextEntry[], void, void> {
    return map(this.#files.corpus, documentFields, ({ where, values: [id, title, text] }) => {
      if (title === undefined && text === undefined) throw new InputError(`${where}: neither text nor title`);
      return {
        id: idOf(id, 'document id', where),
        text: joinTitle(textOf(title, 'title', where), textOf(text, 'text', where)),
      };
    });
  }

  queries(): AsyncGenerator<TextEntry[], void, void> {
    return map(this.#files.queries, queryFields, ({ where, values: [id, text] }) => ({
      id: idOf(id, 'query id', where),
      text: strip(textOf(text, 'query text', where)),
    }));
  }

  async *judgements(): AsyncGenerator<Judgement[], void, void> {
    const batches = map(this.#files.qrels, qrelsFields, ({ where, values: [query, document, score] }) => {
      const queryId = idOf(query, 'query id', where);
      const relevant = scoreOf(score, where) > 0;
      const documents: readonly unknown[] = Array.isArray(document) ? document : [document];
      return documents.map((each) => ({ queryId, documentId: idOf(each, 'document id', where), relevant }));
    });
    for await (const batch of batches) yield batch.flat();
  }

  candidates(config: string): AsyncIterable<CandidateRow> {
    return new NanoTask({ group: '', name: this.split, path: this.path }).candidates(config);
  }

  async facts(signal?: AbortSignal): Promise<SourceFacts> {
    if (this.#facts !== undefined) return this.#facts;
    const checksums: Record<string, string> = {};
    for (const path of [...this.#files.corpus, ...this.#files.queries, ...this.#files.qrels]) {
      const hash = createHash('sha256');
      await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
      checksums[relative(this.path, path).replaceAll('\\', '/')] = `sha256:${hash.digest('hex')}`;
    }
    return { name: this.name, split: this.split, format: 'files', checksums };
  }
}

async function* map<T>(
  paths: readonly string[],
  fields: readonly Field[],
  each: (row: SourceRow) => T,
): AsyncGenerator<T[], void, void> {
  for (const path of paths) for await (const rows of readRows(path, fields)) yield rows.map(each);
}

/** HAKARI passes ids through `str()`. */
function idOf(value: unknown, title: string, where: string): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new InputError(`${where}: ${title} must be a string or a whole number, got ${show(value)}`);
}

/** A text that is null is empty. */
function textOf(value: unknown, title: string, where: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new InputError(`${where}: ${title} is not a string`);
}

/** 1 where there is no such column. */
function scoreOf(value: unknown, where: string): number {
  if (value === undefined) return 1;
  const number = typeof value === 'string' && /^\s*[+-]?\d+(\.\d*)?\s*$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new InputError(`${where}: score must be a number, got ${show(value)}`);
}
