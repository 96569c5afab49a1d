import { createHash } from 'node:crypto';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { Qrels } from '../rank/qrels.js';
import { readPairs } from './read-pairs.js';
import type { Task, TextBatch, TextRow } from './task.js';

/** What a file of pairs may hold: it is kept in memory. */
const maximumPairs = 1_000_000;

/** Hexadecimal digits of an id that is made from a text. */
const idDigits = 24;

interface Texts {
  readonly queries: readonly TextRow[];
  readonly documents: readonly TextRow[];
  readonly qrels: Qrels;
}

export interface PairsTaskOptions {
  readonly group: string;
  readonly name: string;
  /** A file of pairs. */
  readonly path: string;
}

/**
 * A file of queries, each with a document that answers it, as a task: its documents are the corpus, every pair is a
 * positive of grade 1. An id that is not given is the beginning of the SHA-256 of the text, so that equal texts are one
 * query or document.
 */
export class PairsTask implements Task {
  readonly format = 'pairs';
  readonly group: string;
  readonly name: string;
  readonly path: string;
  #texts: Promise<Texts> | undefined;

  constructor({ group, name, path }: PairsTaskOptions) {
    this.group = group;
    this.name = name;
    this.path = path;
  }

  async *corpus(): AsyncGenerator<TextBatch, void, void> {
    const { documents } = await this.#read();
    yield { rows: documents, read: documents.length };
  }

  async corpusRows(): Promise<number> {
    return (await this.#read()).documents.length;
  }

  async *queries(): AsyncGenerator<TextBatch, void, void> {
    const { queries } = await this.#read();
    yield { rows: queries, read: queries.length };
  }

  async qrels(): Promise<Qrels> {
    return (await this.#read()).qrels;
  }

  async candidateConfigs(): Promise<string[]> {
    return [];
  }

  candidates(config: string): never {
    throw new InputError(`${this.path}: no candidates ${show(config)}; a file of pairs holds none`);
  }

  #read(): Promise<Texts> {
    this.#texts ??= readTexts(this.path);
    return this.#texts;
  }
}

async function readTexts(path: string): Promise<Texts> {
  const queries = new Table('query');
  const documents = new Table('document');
  const qrels = new Map<string, Map<string, number>>();
  let pairs = 0;
  for await (const { where, query, document } of readPairs(path)) {
    if (++pairs > maximumPairs)
      throw new InputError(`${where}: more than ${maximumPairs} pairs; make it a BEIR folder`);
    const queryId = queries.add(query, where);
    const judged = qrels.get(queryId) ?? new Map<string, number>();
    judged.set(documents.add(document, where), 1);
    qrels.set(queryId, judged);
  }
  if (pairs === 0) throw new InputError(`${path}: holds no pair`);
  return { queries: queries.rows, documents: documents.rows, qrels };
}

/** Texts by id, in the order in which they come. */
class Table {
  readonly rows: TextRow[] = [];
  readonly #what: string;
  readonly #rowOf = new Map<string, TextRow>();

  constructor(what: string) {
    this.#what = what;
  }

  add({ id: given, text }: { id: string | undefined; text: string }, where: string): string {
    const id = given ?? createHash('sha256').update(text).digest('hex').slice(0, idDigits);
    const known = this.#rowOf.get(id);
    if (known === undefined) {
      const row = { id, text, row: this.rows.length };
      this.rows.push(row);
      this.#rowOf.set(id, row);
    } else if (known.text !== text) {
      throw new InputError(`${where}: ${this.#what} id ${show(id)} has another text further up`);
    }
    return id;
  }
}
