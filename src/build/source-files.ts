import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { show } from '../common/check.js';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';

/** The files of a full benchmark, for one split of its judgements. */
export interface SourceFiles {
  readonly split: string;
  readonly corpus: readonly string[];
  readonly queries: readonly string[];
  readonly qrels: readonly string[];
}

/** Split -> its files in order, splits sorted. */
export type SplitFiles = ReadonlyMap<string, readonly string[]>;

/** `test.parquet`, `test.tsv`, or in parts, `test-00000-of-00002.parquet`. */
const FILE = /^(.+?)(?:-(\d{5})-of-(\d{5}))?\.(?:parquet|jsonl|jsonl\.gz|tsv|tsv\.gz)$/;

/** Folders of judgements; `data` is what the library `datasets` makes of a config without a name. */
const JUDGEMENTS = ['qrels', 'data'] as const;

/** Finds the tables of a benchmark in a folder, as `chooseSourceFiles` does among names. */
export async function findSourceFiles(folder: string, given?: string): Promise<SourceFiles> {
  const names = await listFolder(folder);
  for (const table of ['corpus', 'queries', ...JUDGEMENTS]) {
    for (const name of await listFolder(join(folder, table))) names.push(`${table}/${name}`);
  }
  const { split, ...files } = chooseSourceFiles(folder, names, judgedSplits(folder, names), given);
  const here = (paths: readonly string[]) => paths.map((path) => join(folder, ...path.split('/')));
  return { split, corpus: here(files.corpus), queries: here(files.queries), qrels: here(files.qrels) };
}

/**
 * Chooses among the names of files, with `/` between their parts: `corpus.jsonl` as in BEIR (or `.jsonl.gz`, `.parquet`)
 * or a folder `corpus` with a file, or parts, of the split or of one other name; queries likewise. The split is the one
 * given, else `test`, else the only one that is judged. Throws InputError that lists what is there instead; `where` is
 * what messages call the place.
 */
export function chooseSourceFiles(
  where: string,
  names: readonly string[],
  judged: SplitFiles,
  given: string | undefined,
): SourceFiles {
  const split = given ?? (judged.has('test') || judged.size !== 1 ? 'test' : [...judged.keys()][0]!);
  const qrels = judged.get(split);
  if (qrels === undefined) {
    const present = judged.size > 0 ? `splits are ${[...judged.keys()].join(', ')}` : 'there are no judgements';
    throw new InputError(`${join(where, 'qrels')}: no split ${show(split)}; ${present}`);
  }
  return {
    split,
    corpus: chooseTable(where, names, 'corpus', split),
    queries: chooseTable(where, names, 'queries', split),
    qrels,
  };
}

/** The judgements of a benchmark, by split: `qrels/{split}.tsv`, else `data/{split}.parquet` and the like. */
export function judgedSplits(where: string, names: readonly string[]): SplitFiles {
  const [qrels, data] = JUDGEMENTS.map((folder) => tablesIn(where, names, `${folder}/`));
  return qrels!.size > 0 ? qrels! : data!;
}

function chooseTable(
  where: string,
  names: readonly string[],
  table: 'corpus' | 'queries',
  split: string,
): readonly string[] {
  for (const suffix of ['jsonl', 'jsonl.gz', 'parquet']) {
    if (names.includes(`${table}.${suffix}`)) return [`${table}.${suffix}`];
  }
  const tables = tablesIn(where, names, `${table}/`);
  const found = tables.get(split) ?? (tables.size === 1 ? [...tables.values()][0] : undefined);
  if (found !== undefined) return found;
  const present = tables.size > 0 ? `${table}/ holds ${[...tables.keys()].join(', ')}` : `nor a folder ${table}`;
  throw new InputError(`${join(where, table)}.jsonl: no such file, ${present}`);
}

/** The tables whose names begin so, `qrels/`, without deeper ones. Throws InputError when a part of one is missing. */
export function tablesIn(where: string, names: readonly string[], prefix: string): SplitFiles {
  const tables = new Map<string, string[]>();
  const parts = new Map<string, number>();
  for (const name of names.filter((each) => each.startsWith(prefix)).sort(compareIds)) {
    const file = name.slice(prefix.length);
    const [, base, part, count] = FILE.exec(file) ?? [];
    if (base === undefined || file.includes('/')) continue;
    const files = tables.get(base) ?? [];
    if (part === undefined ? files.length > 0 : Number(part) !== files.length) {
      throw new InputError(`${join(where, name)}: does not follow ${files.at(-1) ?? 'a part 00000'}`);
    }
    tables.set(base, [...files, name]);
    parts.set(base, Number(count ?? 1));
  }
  for (const [base, files] of tables) {
    const count = parts.get(base);
    if (count !== files.length) {
      throw new InputError(`${join(where, files.at(-1)!)}: ${files.length} of ${count} parts are there`);
    }
  }
  return tables;
}

/** Names; none where there is no such folder. */
async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw new InputError(`${folder}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}
