import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import type { DownloadProgress } from '../dataset/hub/hub-options.js';
import { openDataset } from '../dataset/open-dataset.js';
import type { Task } from '../dataset/task.js';
import { openProgressView, type ShownProgress } from './progress.js';

/** Options of a command that takes a dataset by name. */
export const HUB_OPTIONS = {
  revision: { type: 'string', describe: 'Of a dataset from the Hub: branch, tag or commit; default main' },
  refresh: {
    type: 'boolean',
    describe: 'Ask the Hub where the branch is now; without it, a branch stays at the commit it was first seen at',
  },
  offline: { type: 'boolean', describe: 'Take a dataset from the cache or not at all' },
  'cache-dir': { type: 'string', describe: 'Where downloads are kept; default TENBIN_CACHE, else ~/.cache/tenbin' },
} as const;

/** Those that take a value. */
export const HUB_VALUES = ['revision', 'cache-dir'] as const;

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof HUB_OPTIONS>> & {
  readonly dataset: string;
  readonly task?: string | undefined;
  readonly name?: string | undefined;
};

/** Opens the dataset, showing on stderr how a download goes. */
export async function openShowingDownload(given: Given, signal: AbortSignal): Promise<Task[]> {
  const { dataset, task, name, revision, refresh, offline, cacheDir: cacheFolder } = given;
  const view = openProgressView();
  try {
    const onDownload = (progress: DownloadProgress) => view.update(shown(progress));
    return await openDataset(dataset, { task, name, revision, refresh, offline, cacheFolder, onDownload, signal });
  } finally {
    view.stop();
  }
}

function shown({ dataset, stage, done, total }: DownloadProgress): ShownProgress {
  if (total === undefined) return { title: `${dataset}: ${stage}`, done, format: () => '' };
  return { title: `${dataset}: ${stage} of ${megabytes(total)}`, done, total, format: megabytes };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
