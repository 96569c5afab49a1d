import { InputError } from '../common/errors.js';
import {
  type CollectionFacts,
  findCollection,
  findGroup,
  findTask,
  type GroupFacts,
  listCollections,
  readGroups,
  type TaskFacts,
} from '../dataset/registry.js';
import { findGroupAndTask, type SelectedTask } from '../dataset/registry-selection.js';
import { type PublishedTasks, readPublished } from '../results/published.js';
import { nearestNames } from './nearest-names.js';

/** What `tenbin datasets` shows, as it is printed with `--json`. */

/** A group in brief. */
export type GroupSummary = Omit<GroupFacts, 'tasks' | 'leakageNote' | 'notOnLeaderboard'> & {
  readonly tasks: number;
  readonly tasksByDefault: number;
  /** Of the tasks where it is known. */
  readonly queries: number;
  readonly documents: number;
};

export interface Totals {
  readonly groups: number;
  readonly tasks: number;
  readonly tasksByDefault: number;
  readonly queries: number;
  readonly documents: number;
}

export interface DatasetListing {
  readonly groups: readonly GroupSummary[];
  readonly collections: readonly CollectionFacts[];
  readonly totals: Totals;
}

type PublishedTask = PublishedTasks[string];

export type DatasetDescription =
  | { readonly type: 'group'; readonly group: GroupFacts; readonly published: PublishedTasks }
  | {
      readonly type: 'collection';
      readonly collection: CollectionFacts;
      readonly groups: readonly GroupSummary[];
      readonly totals: Totals;
    }
  | {
      readonly type: 'task';
      readonly group: Omit<GroupFacts, 'tasks'>;
      readonly task: TaskFacts;
      readonly published: PublishedTask | null;
    };

/** All groups and collections in brief. */
export async function listDatasets(): Promise<DatasetListing> {
  const groups = (await readGroups()).map(summarize);
  const collections = await Promise.all((await listCollections()).map(findCollection));
  return {
    groups,
    collections: collections.filter((collection) => collection !== undefined),
    totals: totalsOf(groups),
  };
}

/**
 * All that is known of a group (by name or dataset id), a collection or a task (`GROUP/TASK`, or the task's name alone
 * where only one group has it). Throws InputError for a name that is not known, with those that are nearest, or that
 * several groups have.
 */
export async function describeDatasets(name: string): Promise<DatasetDescription> {
  const group = await findGroup(name);
  if (group !== undefined) return { type: 'group', group, published: (await readPublished(group.name)) ?? {} };
  const collection = await findCollection(name);
  if (collection !== undefined) {
    const members = await Promise.all(collection.groups.map(findGroup));
    const groups = members.filter((member) => member !== undefined).map(summarize);
    return { type: 'collection', collection, groups, totals: totalsOf(groups) };
  }
  return describeTask((await findGroupAndTask(name)) ?? (await findByTaskAlone(name)));
}

async function describeTask({ group: { tasks: _, ...group }, task }: SelectedTask): Promise<DatasetDescription> {
  const published = await readPublished(group.name);
  const scores = published !== undefined && Object.hasOwn(published, task.name) ? published[task.name] : undefined;
  return { type: 'task', group, task, published: scores ?? null };
}

async function findByTaskAlone(name: string): Promise<SelectedTask> {
  const groups = await readGroups();
  const found = groups.flatMap((group) => {
    const task = findTask(group, name);
    return task === undefined ? [] : [{ group, task }];
  });
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const paths = found.map(({ group, task }) => `${group.name}/${task.name}`);
  if (found.length > 1) throw new InputError(`${name}: a task of several groups; say which: ${paths.join(', ')}`);
  const known = groups.flatMap((group) => [
    group.name,
    ...group.tasks.flatMap((task) => [`${group.name}/${task.name}`, task.name]),
  ]);
  const nearest = nearestNames(name, [...(await listCollections()), ...known]);
  const hint = nearest.length > 0 ? `; did you mean ${nearest.join(', ')}?` : '; see tenbin datasets';
  throw new InputError(`${name}: no group, collection or task of that name is known${hint}`);
}

function summarize({ tasks, leakageNote: _, notOnLeaderboard: __, ...group }: GroupFacts): GroupSummary {
  return {
    ...group,
    tasks: tasks.length,
    tasksByDefault: tasks.filter(({ includedByDefault }) => includedByDefault).length,
    queries: sum(tasks.map(({ queries = 0 }) => queries)),
    documents: sum(tasks.map(({ documents = 0 }) => documents)),
  };
}

function totalsOf(groups: readonly GroupSummary[]): Totals {
  const total = (of: (group: GroupSummary) => number) => sum(groups.map(of));
  return {
    groups: groups.length,
    tasks: total(({ tasks }) => tasks),
    tasksByDefault: total(({ tasksByDefault }) => tasksByDefault),
    queries: total(({ queries }) => queries),
    documents: total(({ documents }) => documents),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
