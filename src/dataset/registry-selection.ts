import { InputError } from '../common/errors.js';
import { findCollection, findGroup, findTask, type GroupFacts, readGroups, type TaskFacts } from './registry.js';

export interface SelectedTask {
  readonly group: GroupFacts;
  readonly task: TaskFacts;
}

export interface SelectionOptions {
  /** Where no name is given: also the tasks that are left out by default. */
  readonly all?: boolean | undefined;
}

/**
 * The tasks of the named groups (by name or dataset id), collections and single tasks (`GROUP/TASK`), in that order;
 * without names those of every group. What is named is taken whole; without names, tasks that are left out by default
 * come only with `all`. A task, known by dataset id and split, comes once. Throws InputError for a name that is not
 * known.
 */
export async function selectTasks(
  names: readonly string[] = [],
  options: SelectionOptions = {},
): Promise<SelectedTask[]> {
  const selected = new Map<string, SelectedTask>();
  const add = (group: GroupFacts, tasks: readonly TaskFacts[]) => {
    for (const task of tasks) {
      const key = JSON.stringify([group.datasetId.toLowerCase(), task.name]);
      if (!selected.has(key)) selected.set(key, { group, task });
    }
  };
  if (names.length === 0) {
    const groups = await readGroups();
    // Of two groups of the same data the user's own decides what is left out.
    groups.sort((a, b) => Number(b.definedIn !== undefined) - Number(a.definedIn !== undefined));
    for (const group of groups) {
      add(group, options.all ? group.tasks : group.tasks.filter(({ includedByDefault }) => includedByDefault));
    }
  }
  for (const name of names) {
    for (const { group, tasks } of await namedTasks(name)) add(group, tasks);
  }
  return [...selected.values()];
}

async function namedTasks(name: string): Promise<{ group: GroupFacts; tasks: readonly TaskFacts[] }[]> {
  const group = await findGroup(name);
  if (group !== undefined) return [{ group, tasks: group.tasks }];
  const collection = await findCollection(name);
  if (collection !== undefined) {
    const groups = await Promise.all(collection.groups.map(findGroup));
    return groups.filter((member) => member !== undefined).map((member) => ({ group: member, tasks: member.tasks }));
  }
  const named = await findGroupAndTask(name);
  if (named !== undefined) return [{ group: named.group, tasks: [named.task] }];
  throw new InputError(`${name}: no group, collection or GROUP/TASK of that name is known`);
}

/** `GROUP/TASK`, the group by its name or its dataset id. Undefined when either is not known. */
export async function findGroupAndTask(name: string): Promise<SelectedTask | undefined> {
  const slash = name.lastIndexOf('/');
  const group = slash < 0 ? undefined : await findGroup(name.slice(0, slash));
  const task = group && findTask(group, name.slice(slash + 1));
  return group && task && { group, task };
}
