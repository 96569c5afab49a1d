import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { checkFileName, fail, show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { HubOptions } from '../dataset/hub/hub-options.js';
import { isDatasetId } from '../dataset/hub/names.js';
import { openDataset } from '../dataset/open-dataset.js';
import { findGroup } from '../dataset/registry.js';
import { findGroupAndTask } from '../dataset/registry-selection.js';
import type { BuildNanoOptions } from './build-options.js';
import { CombinedSource } from './combined-source.js';
import { FileSource } from './file-source.js';
import { openHubSource } from './hub-source.js';
import type { FullSource } from './source.js';
import { findSourceFiles } from './source-files.js';
import { TaskSource } from './task-source.js';

/** A folder or the name of a dataset, and which split of it; the split may be left to the option. */
export type Source = string | { readonly source: string; readonly split?: string | undefined };

/**
 * One source, or several combined: subsets, which go by the name of their split where one is given and else by their
 * folder's. Throws InputError where `openSource` does, and when subsets have the same name or the task has none.
 */
export async function openSources(
  given: Source | readonly Source[],
  {
    name,
    split,
    aligned = false,
    hub,
    signal,
  }: Pick<BuildNanoOptions, 'name' | 'split' | 'aligned' | 'hub' | 'signal'>,
): Promise<{ full: FullSource; task: string }> {
  const sources = (Array.isArray(given) ? given : [given]).map((each: Source) =>
    typeof each === 'string' ? { source: each, split } : { split, ...each },
  );
  const [only, ...others] = sources;
  if (only === undefined) fail('source', 'a folder or the name of a dataset', given);
  if (others.length === 0) {
    const full = await openSource(only.source, only.split, { ...hub, signal });
    return { full, task: checkFileName('name', name ?? taskName(full)) };
  }
  if (name === undefined) throw new InputError('name: is needed for a task of several sources');
  const subsets = new Map<string, FullSource>();
  for (const each of sources) {
    const subset = each.split ?? basename(resolve(each.source));
    if (subsets.has(subset)) throw new InputError(`${each.source}: two subsets are called ${subset}`);
    subsets.set(subset, await openSource(each.source, each.split, { ...hub, signal }));
  }
  return { full: new CombinedSource(name, subsets, aligned), task: name };
}

/**
 * A folder in BEIR or Parquet layout, a dataset of the Hub in such a layout, or what `openDataset` knows by name. Throws
 * InputError when it is none of them, or has not the split asked for. No table is read yet.
 */
export async function openSource(
  pathOrName: string,
  split: string | undefined,
  hub: HubOptions = {},
): Promise<FullSource> {
  if ((await stat(pathOrName).catch(() => undefined))?.isDirectory()) {
    return new FileSource(pathOrName, await findSourceFiles(pathOrName, split));
  }
  const isKnown = (await findGroup(pathOrName)) ?? (await findGroupAndTask(pathOrName));
  if (isKnown === undefined && isDatasetId(pathOrName)) {
    const full = await openHubSource(pathOrName, split, hub);
    if (full !== undefined) return full;
  }
  const tasks = await openDataset(pathOrName, { ...hub, task: split });
  const [task] = tasks;
  if (task === undefined || tasks.length > 1) {
    const names = tasks.map(({ name }) => show(name)).join(', ');
    throw new InputError(`${pathOrName}: a set is made of one split, got ${tasks.length} (${names}); choose one`);
  }
  return new TaskSource(task, pathOrName);
}

/** `scifact` of a folder SciFact; of a dataset with several tasks, the task's own name. */
function taskName({ name, split, isOneOfMany }: FullSource): string {
  return (
    (isOneOfMany ? split : name)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '_')
      .replace(/^_+|_+$/g, '') || 'test'
  );
}
