import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { checkFileName, show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { BeirTask, beirTable, listBeirSplits } from './beir-task.js';
import type { HubOptions } from './hub/hub-options.js';
import { isDatasetId } from './hub/names.js';
import { listNanoSplits, NanoTask } from './nano-task.js';
import { PairsTask } from './pairs-task.js';
import { isPairsFile } from './read-pairs.js';
import { findCollection, findGroup, findTask, type GroupFacts } from './registry.js';
import { findGroupAndTask } from './registry-selection.js';
import type { Task } from './task.js';
import { findTrecFiles, TrecTask } from './trec-task.js';

export interface OpenOptions extends HubOptions {
  /** Only this task. A task is a split, in a Nano folder and in a BEIR or TREC folder alike. */
  readonly task?: string | undefined;
  /** What the group of a folder or file is called, in place of its own name: two of the same name would share results. */
  readonly name?: string | undefined;
}

/**
 * The tasks of a dataset, sorted by name: of a Nano folder (corpus/, queries/, qrels/ with `{split}.parquet`) every
 * split that is in all three, of a BEIR folder (corpus.jsonl, queries.jsonl, qrels/) or a TREC folder (docs, queries or
 * topics, qrels) the split `test` or the only one, or the one that is asked for; of a file of pairs (.jsonl, .csv, .tsv)
 * the task `pairs`. Where there is no such folder, a group's name or a dataset's id on the Hub means the tables there,
 * which are downloaded unless they are in the cache. The group's name is the folder's own, or as the registry has it;
 * language, category and counts come from the registry where it knows the task. Throws InputError when there is no such
 * dataset, when it has neither layout, when the task is not there, or when a download fails; no table is read yet.
 */
export async function openDataset(pathOrName: string, options: OpenOptions = {}): Promise<Task[]> {
  const found = await stat(pathOrName).catch(() => undefined);
  const isPairs = found?.isFile() === true && isPairsFile(pathOrName);
  if (!isPairs && !found?.isDirectory()) return openFromHub(pathOrName, options);
  if (options.revision !== undefined) throw new InputError(`${pathOrName}: a folder here, which has no revisions`);
  const wanted = options.task;
  const path = pathOrName;
  const group = checkFileName('name', options.name ?? ownName(path));
  if (isPairs) return [pairsTask(group, path, wanted)];
  const describe = describer(group, path, await findGroup(group));
  if (await isFolder(join(path, 'corpus')))
    return (await nanoTasks(path, wanted)).map((name) => new NanoTask(describe(name)));
  if ((await beirTable(path, 'corpus')) !== undefined) {
    return [new BeirTask(describe(pickSplit(join(path, 'qrels'), await listBeirSplits(path), wanted)))];
  }
  const files = await findTrecFiles(path);
  if (files !== undefined)
    return [new TrecTask({ ...describe(pickSplit(path, [...files.qrels.keys()], wanted)), files })];
  throw new InputError(
    `${path}: neither a Nano folder (corpus/, queries/, qrels/) nor a BEIR folder (corpus.jsonl, queries.jsonl, qrels/) ` +
      'nor a TREC folder (docs.jsonl, queries.jsonl or topics.txt, qrels.txt)',
  );
}

/** A folder's name, or a file's without its ends. */
function ownName(path: string): string {
  const name = basename(resolve(path));
  return isPairsFile(name) ? name.replace(/\.[a-z]+(\.gz)?$/, '') : name;
}

function pairsTask(group: string, path: string, wanted = 'pairs'): PairsTask {
  if (wanted !== 'pairs') throw new InputError(`${path}: no task ${show(wanted)}; tasks are pairs`);
  return new PairsTask({ group, name: wanted, path });
}

/** A group, the groups of a collection, one task as GROUP/TASK, or any dataset's id; the registry's names go first. */
async function openFromHub(name: string, options: OpenOptions): Promise<Task[]> {
  const group = await findGroup(name);
  if (group !== undefined) return openGroup(group, options);
  const collection = await findCollection(name);
  if (collection !== undefined) {
    const tasks: Task[] = [];
    for (const member of collection.groups) tasks.push(...(await openGroup((await findGroup(member))!, options)));
    return tasks;
  }
  const named = await findGroupAndTask(name);
  if (named !== undefined && [undefined, named.task.name].includes(options.task)) {
    return openGroup(named.group, { ...options, task: named.task.name });
  }
  if (!isDatasetId(name)) throw new InputError(`${name}: no such folder, and no group of that name is known`);
  return openHubDataset(name, undefined, options);
}

function openGroup(group: GroupFacts, options: OpenOptions): Promise<Task[]> {
  const task = options.task && (findTask(group, options.task)?.name ?? options.task);
  return openHubDataset(group.datasetId, group, { ...options, task });
}

async function openHubDataset(dataset: string, known: GroupFacts | undefined, options: OpenOptions): Promise<Task[]> {
  const { fetchDataset } = await import('./hub/fetch-dataset.js'); // loads an HTTP client
  const { folder, commit, tasks } = await fetchDataset(dataset, options);
  // Two owners may give a dataset the same name: what is not in the registry is known by its whole id.
  const describe = describer(known?.name ?? dataset.replace('/', '--'), folder, known);
  return [...tasks].map(([split, tables]) => {
    const checksums = Object.fromEntries(tables.map(({ path, checksum }) => [path, checksum]));
    return new NanoTask({ ...describe(split), origin: { dataset, revision: commit, checksums } });
  });
}

/** What is known of a group's tasks beside their tables. */
function describer(group: string, path: string, known: GroupFacts | undefined) {
  const facts = new Map(known?.tasks.map((task) => [task.name, task]));
  return (name: string) => {
    const task = facts.get(name);
    return { group, name, path, language: task?.language, category: task?.category, known: task };
  };
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

function pickSplit(path: string, splits: readonly string[], wanted?: string): string {
  const split = wanted ?? (splits.length === 1 ? splits[0]! : 'test');
  if (splits.includes(split)) return split;
  const present = splits.length > 0 ? `splits are ${splits.join(', ')}` : 'there are no splits';
  throw new InputError(`${path}: no split ${show(split)}; ${present}`);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
