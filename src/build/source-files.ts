import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { show } from '../common/check.js';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';

/** The files of a full benchmark in a folder, for one split of its judgements. */
export interface SourceFiles {
  readonly split: string;
  readonly corpus: readonly string[];
  readonly queries: readonly string[];
  readonly qrels: readonly string[];
}

/** A table in a folder of its own: `test.parquet`, `qrels/test.tsv`, or in parts, `test-00000-of-00002.parquet`. */
const FILE = /^(.+?)(?:-(\d{5})-of-(\d{5}))?\.(?:parquet|jsonl|jsonl\.gz|tsv|tsv\.gz)$/;

/**
 * Finds corpus, queries and judgements: `corpus.jsonl` as in BEIR (or `.jsonl.gz`, `.parquet`) or a folder `corpus`
 * with a file, or parts, of the split or of one other name; queries likewise; `qrels/{split}` always. The split is the
 * one given, else `test`, else the only one. Throws InputError that lists what is there instead.
 */
export async function findSourceFiles(folder: string, given?: string): Promise<SourceFiles> {
  const judged = await tablesIn(join(folder, 'qrels'));
  const split = given ?? (judged.has('test') || judged.size !== 1 ? 'test' : [...judged.keys()][0]!);
  const qrels = judged.get(split);
  if (qrels === undefined) {
    const present = judged.size > 0 ? `splits are ${[...judged.keys()].join(', ')}` : 'there are no judgements';
    throw new InputError(`${join(folder, 'qrels')}: no split ${show(split)}; ${present}`);
  }
  return {
    split,
    corpus: await findTable(folder, 'corpus', split),
    queries: await findTable(folder, 'queries', split),
    qrels,
  };
}

async function findTable(folder: string, table: 'corpus' | 'queries', split: string): Promise<readonly string[]> {
  const names = await listFolder(folder);
  for (const suffix of ['jsonl', 'jsonl.gz', 'parquet']) {
    if (names.includes(`${table}.${suffix}`)) return [join(folder, `${table}.${suffix}`)];
  }
  const tables = await tablesIn(join(folder, table));
  const found = tables.get(split) ?? (tables.size === 1 ? [...tables.values()][0] : undefined);
  if (found !== undefined) return found;
  const present = tables.size > 0 ? `${table}/ holds ${[...tables.keys()].join(', ')}` : `nor a folder ${table}`;
  throw new InputError(`${join(folder, table)}.jsonl: no such file, ${present}`);
}

/** Split -> its files in order, splits sorted. */
async function tablesIn(folder: string): Promise<Map<string, string[]>> {
  const tables = new Map<string, string[]>();
  const parts = new Map<string, number>();
  for (const name of await listFolder(folder)) {
    const [, base, part, count] = FILE.exec(name) ?? [];
    if (base === undefined) continue;
    const files = tables.get(base) ?? [];
    if (part === undefined ? files.length > 0 : Number(part) !== files.length) {
      throw new InputError(`${join(folder, name)}: does not follow ${files.at(-1) ?? 'a part 00000'}`);
    }
    tables.set(base, [...files, join(folder, name)]);
    parts.set(base, Number(count ?? 1));
  }
  for (const [base, files] of tables) {
    const count = parts.get(base);
    if (count !== files.length) throw new InputError(`${files.at(-1)}: ${files.length} of ${count} parts are there`);
  }
  return tables;
}

/** Sorted names; none where there is no such folder. */
async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort(compareIds);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw new InputError(`${folder}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}
