import { show } from '../../common/check.js';
import { InputError } from '../../common/errors.js';
import { compareIds } from '../../common/id-order.js';
import type { HubFile } from './hub-api.js';
import { tableName } from './names.js';

const CONFIGS = ['corpus', 'queries', 'qrels'];

/** The tables of each task asked for. A task is a split that corpus, queries and qrels have. */
export function chooseTasks(
  dataset: string,
  files: readonly HubFile[],
  wanted: string | undefined,
): Map<string, readonly HubFile[]> {
  const bySplit = tablesBySplit(files);
  const lackOf = (split: string) => {
    const configs = bySplit.get(split)?.map(({ path }) => tableName(path)!.config) ?? [];
    return CONFIGS.filter((config) => !configs.includes(config));
  };
  const complete = [...bySplit.keys()].filter((split) => lackOf(split).length === 0).sort(compareIds);
  const present = complete.length > 0 ? `tasks are ${complete.join(', ')}` : 'there are no tasks';
  if (wanted !== undefined && !complete.includes(wanted)) {
    if (!bySplit.has(wanted)) throw new InputError(`${dataset}: no task ${show(wanted)}; ${present}`);
    throw new InputError(`${dataset}: ${lackOf(wanted)[0]}/${wanted}.parquet: no such file; ${present}`);
  }
  if (complete.length === 0) {
    throw new InputError(
      `${dataset}: not in Nano layout: no split has corpus/, queries/ and qrels/{split}.parquet; ` +
        'tenbin build makes a Nano set of a full benchmark',
    );
  }
  return new Map((wanted === undefined ? complete : [wanted]).map((split) => [split, bySplit.get(split)!]));
}

/** Whether some split has all that makes it a task. */
export function isNanoLayout(files: readonly HubFile[]): boolean {
  const splits = [...tablesBySplit(files).values()];
  return splits.some((tables) => CONFIGS.every((config) => tables.some(({ path }) => path.startsWith(`${config}/`))));
}

function tablesBySplit(files: readonly HubFile[]): Map<string, HubFile[]> {
  const bySplit = new Map<string, HubFile[]>();
  for (const file of files) {
    const table = tableName(file.path);
    if (table !== undefined) bySplit.set(table.split, [...(bySplit.get(table.split) ?? []), file]);
  }
  return bySplit;
}
