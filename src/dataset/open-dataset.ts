import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { BeirTask, beirTable, listBeirSplits } from './beir-task.js';
import { listNanoSplits, NanoTask } from './nano-task.js';
import { findGroup } from './registry.js';
import type { Task } from './task.js';

export interface OpenOptions {
  /** Only this task. A task is a split, in a Nano folder and in a BEIR folder alike. */
  readonly task?: string | undefined;
}

/**
 * The tasks of a dataset, sorted by name: of a Nano folder (corpus/, queries/, qrels/ with `{split}.parquet`) every
 * split that is in all three, of a BEIR folder (corpus.jsonl, queries.jsonl, qrels/) the split `test`, or only the one
 * that is asked for. The group's name is the folder's own; language and category come from the registry where it knows
 * them. Throws InputError when there is no such folder, when it has neither layout, or when the task is not there; no
 * table is read yet.
 */
export async function openDataset(pathOrName: string, options: OpenOptions = {}): Promise<Task[]> {
  const wanted = options.task;
  if (!(await isFolder(pathOrName))) return refuseName(pathOrName);
  const path = pathOrName;
  const group = basename(resolve(path));
  const facts = new Map((await findGroup(group))?.tasks.map((known) => [known.name, known]));
  const describe = (name: string) => {
    const known = facts.get(name);
    return { group, name, path, language: known?.language, category: known?.category };
  };
  if (await isFolder(join(path, 'corpus')))
    return (await nanoTasks(path, wanted)).map((name) => new NanoTask(describe(name)));
  if ((await beirTable(path, 'corpus')) !== undefined) return [new BeirTask(describe(await beirSplit(path, wanted)))];
  throw new InputError(
    `${path}: neither a Nano folder (corpus/, queries/, qrels/) nor a BEIR folder (corpus.jsonl, queries.jsonl, qrels/)`,
  );
}

async function nanoTasks(path: string, wanted: string | undefined): Promise<readonly string[]> {
  const { complete, incomplete } = await listNanoSplits(path);
  if (wanted === undefined && complete.length > 0) return complete;
  if (wanted !== undefined && complete.includes(wanted)) return [wanted];
  const present = complete.length > 0 ? `tasks are ${complete.join(', ')}` : 'there are no tasks';
  const missing = incomplete.get(wanted ?? [...incomplete.keys()][0] ?? '');
  if (missing !== undefined) throw new InputError(`${missing.join(', ')}: no such file; ${present}`);
  throw new InputError(`${path}: ${wanted === undefined ? '' : `no task ${show(wanted)}; `}${present}`);
}

async function beirSplit(path: string, wanted = 'test'): Promise<string> {
  const splits = await listBeirSplits(path);
  if (splits.includes(wanted)) return wanted;
  const present = splits.length > 0 ? `splits are ${splits.join(', ')}` : 'there are no splits';
  throw new InputError(`${join(path, 'qrels')}: no split ${show(wanted)}; ${present}`);
}

async function refuseName(name: string): Promise<never> {
  const group = await findGroup(name);
  if (group === undefined) throw new InputError(`${name}: no such folder, and no group of that name is known`);
  throw new InputError(
    `${name}: downloading ${group.datasetId} is not in this version; give the path of a folder ${group.name} ` +
      'that holds {corpus,queries,qrels}/<task>.parquet',
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
