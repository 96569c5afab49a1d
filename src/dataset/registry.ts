import { type ConfigFile, listConfig, openConfig, parseConfig } from '../common/config-file.js';
import { InputError } from '../common/errors.js';
import {
  type CollectionFacts,
  collectionSpec,
  type GroupSpec,
  groupSpec,
  NANO_BEIR,
  type TaskSpec,
} from './registry-schema.js';

/*
 * The groups, tasks and collections that are known before any data is read, from config/groups/ and config/collections/
 * of the package and of the user. A file is parsed only when something in it is asked for: all together take a while.
 */

/** What is known of a task; what its file leaves to the group is filled in. */
export interface TaskFacts extends Omit<TaskSpec, 'scope'> {
  readonly language: string;
  readonly displayLanguage: string;
  readonly category: 'natural_language' | 'code';
  /** Short name of a task of NanoBEIR: `scifact` for `NanoSciFact`. */
  readonly alias?: string;
  /** Whether `all tasks` has it in. */
  readonly includedByDefault: boolean;
  readonly scopeReason?: string | undefined;
}

export interface GroupFacts extends Omit<GroupSpec, 'scope' | 'tasks'> {
  readonly tasks: readonly TaskFacts[];
  /** The file of the user's own that says so; the package's files are not named. */
  readonly definedIn?: string;
}

export type { CollectionFacts };

/** The names of the known groups, sorted. */
export function listGroups(): Promise<string[]> {
  return listConfig('groups');
}

/** All groups, in the order of `listGroups`. Throws InputError, naming file and key, when a file is not right. */
export async function readGroups(): Promise<GroupFacts[]> {
  const groups = await Promise.all((await listGroups()).map(readGroup));
  return groups.filter((group) => group !== undefined);
}

/**
 * A group by its name or its dataset id, whatever the case; the user's own come first. Undefined when it is not known.
 * Throws InputError, naming file and key, when its file is not right.
 */
export async function findGroup(nameOrId: string): Promise<GroupFacts | undefined> {
  const names = await listGroups();
  const byName = sameName(names, nameOrId);
  if (byName !== undefined) return readGroup(byName);
  return nameOrId.includes('/') ? findByDatasetId(names, nameOrId.toLowerCase()) : undefined;
}

/** Reads every file but parses only those that hold the id. */
async function findByDatasetId(names: readonly string[], id: string): Promise<GroupFacts | undefined> {
  const files = await Promise.all(names.map(async (name) => ({ name, file: await openGroup(name) })));
  files.sort((a, b) => Number(b.file?.own ?? false) - Number(a.file?.own ?? false));
  for (const { name, file } of files) {
    if (!file?.text.toLowerCase().includes(id)) continue;
    const group = parseGroup(name, file);
    if (group.datasetId.toLowerCase() === id) return group;
  }
  return undefined;
}

/** A task of a group by its name or, in a group of the kind nanobeir, its short name, whatever the case. */
export function findTask(group: GroupFacts, name: string): TaskFacts | undefined {
  const wanted = name.toLowerCase();
  return (
    group.tasks.find((task) => task.name === name) ??
    group.tasks.find((task) => task.name.toLowerCase() === wanted || task.alias === wanted)
  );
}

/** The names of the known collections, sorted. */
export function listCollections(): Promise<string[]> {
  return listConfig('collections');
}

/**
 * A collection by its name, whatever the case. Undefined when it is not known. Throws InputError, naming file and key,
 * when its file is not right or names a group that is not known.
 */
export async function findCollection(name: string): Promise<CollectionFacts | undefined> {
  const found = sameName(await listCollections(), name);
  const file = found === undefined ? undefined : await openConfig(`collections/${found}.yaml`);
  if (found === undefined || file === undefined) return undefined;
  const collection = parseConfig(file, collectionSpec);
  checkName(found, collection.name, file);
  const known = await listGroups();
  const groups = collection.groups.map((group, i) => {
    const same = sameName(known, group);
    if (same === undefined) throw new InputError(`${file.path}: groups.${i}: no group ${group} is known`);
    return same;
  });
  return { ...collection, groups };
}

async function readGroup(name: string): Promise<GroupFacts | undefined> {
  const file = await openGroup(name);
  return file === undefined ? undefined : parseGroup(name, file);
}

function openGroup(name: string): Promise<ConfigFile | undefined> {
  return openConfig(`groups/${name}.yaml`);
}

function parseGroup(name: string, file: ConfigFile): GroupFacts {
  const { scope, tasks, ...spec } = parseConfig(file, groupSpec);
  checkName(name, spec.name, file);
  const specs = tasks ?? Object.values(NANO_BEIR).map((split) => ({ name: split }));
  return {
    ...spec,
    ...(file.own && { definedIn: file.path }),
    tasks: specs.map((task) => taskFacts({ scope, ...spec }, task)),
  };
}

function taskFacts(group: GroupSpec, { scope = group.scope, ...task }: TaskSpec): TaskFacts {
  const { language = group.language, displayLanguage = language, category = group.category } = task;
  const alias = group.kind === 'nanobeir' ? aliases.get(task.name) : undefined;
  return {
    ...task,
    ...(alias !== undefined && { alias }),
    language,
    displayLanguage,
    category,
    includedByDefault: scope?.includeByDefault ?? true,
    ...(scope?.reason !== undefined && { scopeReason: scope.reason }),
  };
}

const aliases = new Map(Object.entries(NANO_BEIR).map(([alias, split]) => [split, alias]));

/** A file is found by its name, so what it says of itself must agree. */
function checkName(fileName: string, name: string, { path }: ConfigFile): void {
  if (name !== fileName) throw new InputError(`${path}: name: must be the file's, ${fileName}, got ${name}`);
}

function sameName(names: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return names.find((known) => known.toLowerCase() === wanted);
}
