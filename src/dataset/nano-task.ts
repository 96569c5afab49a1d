import { join } from 'node:path';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';
import type { Qrels } from '../rank/qrels.js';
import { listEntries } from './folder-files.js';
import type { Cell } from './parquet-cells.js';
import { countRows, readColumnNames, readTable } from './parquet-table.js';
import type { CandidateRow, EncodedRow, Task, TaskCounts, TaskOrigin, TextBatch } from './task.js';

/*
 * Nano datasets: Parquet files `{config}/{split}.parquet`, read by HAKARI's loader rules but stricter: a repeated id is
 * an error (HAKARI lets the later text win), and so are a null id, a repeated query among candidates and a missing file.
 */

/** The configs that make a split a task. */
const nanoConfigs = ['corpus', 'queries', 'qrels'] as const;

const suffix = '.parquet';

export interface NanoTaskOptions {
  readonly group: string;
  /** The split. */
  readonly name: string;
  /** The folder that holds corpus/, queries/ and qrels/. */
  readonly path: string;
  readonly language?: string | undefined;
  readonly category?: Task['category'];
  readonly origin?: TaskOrigin | undefined;
  readonly known?: TaskCounts | undefined;
}

export class NanoTask implements Task {
  readonly format = 'nano';
  readonly group: string;
  readonly name: string;
  readonly path: string;
  readonly language: string | undefined;
  readonly category: Task['category'];
  readonly origin: TaskOrigin | undefined;
  readonly known: TaskCounts | undefined;

  constructor({ group, name, path, language, category, origin, known }: NanoTaskOptions) {
    this.group = group;
    this.name = name;
    this.path = path;
    this.language = language;
    this.category = category;
    this.origin = origin;
    this.known = known;
  }

  /** Rows with an empty or null text are dropped (HAKARI rule). */
  corpus(): AsyncIterable<TextBatch> {
    return readTexts(this.#file('corpus'));
  }

  encodedCorpus(): AsyncIterable<TextBatch<EncodedRow>> {
    return readEncodedTexts(this.#file('corpus'));
  }

  corpusRows(): Promise<number> {
    return countRows(this.#file('corpus'));
  }

  /** The same rule as for the corpus. Queries without judgements stay. */
  queries(): AsyncIterable<TextBatch> {
    return readTexts(this.#file('queries'));
  }

  /** Every pair is a positive of grade 1, and pairs that point nowhere are kept (HAKARI rule). */
  async qrels(): Promise<Qrels> {
    const path = this.#file('qrels');
    const qrels = new Map<string, Map<string, number>>();
    for await (const { start, rows, columns } of readTable(path, ['query-id', 'corpus-id'])) {
      for (let i = 0; i < rows; i++) {
        const at = new Place(path, start + i);
        const queryId = at.id('query-id', columns[0]![i]!);
        const documents = columns[1]![i]!;
        const judged = qrels.get(queryId) ?? new Map<string, number>();
        for (const documentId of isList(documents) ? documents : [documents]) {
          judged.set(at.id('corpus-id', documentId), 1);
        }
        qrels.set(queryId, judged);
      }
    }
    return qrels;
  }

  async candidateConfigs(): Promise<string[]> {
    const found: string[] = [];
    for (const config of await listEntries(this.path)) {
      if (nanoConfigs.some((name) => name === config)) continue;
      const files = await listEntries(join(this.path, config));
      if (!files.includes(this.name + suffix)) continue;
      const columns = await readColumnNames(this.#file(config));
      if (columns.includes('query-id') && columns.includes('corpus-ids')) found.push(config);
    }
    return found;
  }

  async *candidates(config: string): AsyncGenerator<CandidateRow, void, void> {
    const isTable = nanoConfigs.some((name) => name === config);
    if (isTable || !(await listEntries(join(this.path, config))).includes(this.name + suffix)) {
      const configs = await this.candidateConfigs();
      const present =
        configs.length > 0 ? `candidate configs are ${configs.join(', ')}` : 'there are no candidate configs';
      throw new InputError(`${this.#file(config)}: no candidates ${show(config)} for ${this.name}; ${present}`);
    }
    const path = this.#file(config);
    const seen = new Map<string, number>();
    for await (const { start, rows, columns } of readTable(path, ['query-id', 'corpus-ids'])) {
      for (let i = 0; i < rows; i++) {
        const at = new Place(path, start + i);
        const queryId = at.newId('query-id', columns[0]![i]!, seen);
        const ids = columns[1]![i]!;
        if (!isList(ids)) throw at.error('corpus-ids is not a list');
        yield { queryId, documentIds: ids.map((id) => at.id('corpus-ids', id)) };
      }
    }
  }

  #file(config: string): string {
    return join(this.path, config, this.name + suffix);
  }
}

async function* readTexts(path: string): AsyncGenerator<TextBatch, void, void> {
  const seen = new Map<string, number>();
  for await (const { start, rows, columns } of readTable(path, ['_id', 'text'])) {
    const texts = columns[1]!.map((text, i) => {
      if (text === null || typeof text === 'string') return text;
      throw new Place(path, start + i).error('text is not a string');
    });
    yield { rows: keepRows(path, start, columns[0]!, texts, seen), read: rows };
  }
}

async function* readEncodedTexts(path: string): AsyncGenerator<TextBatch<EncodedRow>, void, void> {
  const seen = new Map<string, number>();
  for await (const { start, rows, columns, encoded } of readTable(path, ['_id'], { encoded: ['text'] })) {
    yield { rows: keepRows(path, start, columns[0]!, encoded[0]!, seen), read: rows };
  }
}

/** The rows that have a text. */
function keepRows<Text extends { readonly length: number }>(
  path: string,
  start: number,
  ids: readonly Cell[],
  texts: readonly (Text | null)[],
  seen: Map<string, number>,
): { id: string; text: Text; row: number }[] {
  const kept: { id: string; text: Text; row: number }[] = [];
  for (const [i, text] of texts.entries()) {
    const at = new Place(path, start + i);
    const id = at.newId('_id', ids[i]!, seen);
    if (text !== null && text.length > 0) kept.push({ id, text, row: at.row });
  }
  return kept;
}

function isList(cell: Cell): cell is readonly (string | null)[] {
  return Array.isArray(cell);
}

/** A row of a file, for checks whose messages name it. */
class Place {
  readonly #path: string;
  readonly row: number;

  constructor(path: string, row: number) {
    this.#path = path;
    this.row = row;
  }

  id(column: string, value: Cell): string {
    if (typeof value === 'string') return value;
    throw this.error(`${column} is ${value === null ? 'null' : 'not a string'}`);
  }

  /** An id that no earlier row has. */
  newId(column: string, value: Cell, seen: Map<string, number>): string {
    const id = this.id(column, value);
    const earlier = seen.get(id);
    if (earlier !== undefined) throw this.error(`${column} ${show(id)} is already in row ${earlier}`);
    seen.set(id, this.row);
    return id;
  }

  error(problem: string): InputError {
    return new InputError(`${this.#path}: row ${this.row}: ${problem}`);
  }
}

/** The splits of a Nano folder, sorted. */
export interface NanoSplits {
  /** Present under corpus/, queries/ and qrels/: the tasks. */
  readonly complete: readonly string[];
  /** Present under some of them only, with the files that are missing. */
  readonly incomplete: ReadonlyMap<string, readonly string[]>;
}

export async function listNanoSplits(folder: string): Promise<NanoSplits> {
  const present = new Map<string, string[]>();
  for (const config of nanoConfigs) {
    for (const file of await listEntries(join(folder, config))) {
      if (!file.endsWith(suffix)) continue;
      const split = file.slice(0, -suffix.length);
      present.set(split, [...(present.get(split) ?? []), config]);
    }
  }
  const complete: string[] = [];
  const incomplete = new Map<string, string[]>();
  for (const split of [...present.keys()].sort(compareIds)) {
    const missing = nanoConfigs.filter((config) => !present.get(split)?.includes(config));
    if (missing.length === 0) complete.push(split);
    else
      incomplete.set(
        split,
        missing.map((config) => join(folder, config, split + suffix)),
      );
  }
  return { complete, incomplete };
}
