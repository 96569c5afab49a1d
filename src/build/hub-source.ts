import { join } from 'node:path';
import { InputError, messageOf } from '../common/errors.js';
import type { HubFile } from '../dataset/hub/hub-api.js';
import type { HubOptions } from '../dataset/hub/hub-options.js';
import { isDatasetId } from '../dataset/hub/names.js';
import { isNanoLayout } from '../dataset/hub/nano-tables.js';
import { FileSource } from './file-source.js';
import type { FullSource, SourceFacts } from './source.js';
import { chooseSourceFiles, judgedSplits, type SplitFiles, tablesIn } from './source-files.js';

/**
 * A full benchmark on the Hub, in the layouts that `findSourceFiles` knows in a folder; its judgements may be in a second
 * dataset, `{dataset}-qrels` with `{split}.tsv`, as BEIR's own are. Only the files of the split are downloaded. Undefined
 * when the dataset is in Nano layout. Throws InputError that names the dataset.
 */
export async function openHubSource(
  dataset: string,
  split: string | undefined,
  hub: HubOptions,
): Promise<FullSource | undefined> {
  const listed = await list(dataset, hub);
  if (isNanoLayout(listed.files)) return undefined;
  const names = listed.files.map(({ path }) => path);
  const own = judgedSplits(dataset, names);
  const judged = own.size > 0 ? { splits: own, listed } : await listJudgements(dataset, hub);
  const chosen = chooseSourceFiles(dataset, names, judged.splits, split);
  const tables = [...chosen.corpus, ...chosen.queries];
  const fetched = await fetchListed(listed, judged.listed === listed ? [...tables, ...chosen.qrels] : tables, hub);
  const facts: SourceFacts = { name: dataset, split: chosen.split, format: 'files', ...fetched.facts };
  const here = (paths: readonly string[]) => paths.map((path) => join(fetched.folder, path));
  const files = { split: chosen.split, corpus: here(chosen.corpus), queries: here(chosen.queries) };
  if (judged.listed === listed) {
    return new FileSource(fetched.folder, { ...files, qrels: here(chosen.qrels) }, facts);
  }
  const qrels = await fetchListed(judged.listed, chosen.qrels, hub);
  return new FileSource(
    fetched.folder,
    { ...files, qrels: chosen.qrels.map((path) => join(qrels.folder, path)) },
    { ...facts, qrels: { name: judged.listed.dataset, ...qrels.facts } },
  );
}

/** The files of a dataset at one commit. */
interface Listed {
  readonly dataset: string;
  readonly commit: string;
  readonly files: readonly HubFile[];
}

async function list(dataset: string, hub: HubOptions): Promise<Listed> {
  const { fetchFiles } = await import('../dataset/hub/fetch-dataset.js'); // loads an HTTP client
  let files: readonly HubFile[] = [];
  const keep = (all: readonly HubFile[]) => {
    files = all;
    return [];
  };
  const { commit } = await fetchFiles(dataset, keep, hub);
  return { dataset, commit, files };
}

/** A revision that was asked for is the dataset's, not that of its judgements. */
async function listJudgements(dataset: string, hub: HubOptions): Promise<{ splits: SplitFiles; listed: Listed }> {
  const other = `${dataset}-qrels`;
  if (!isDatasetId(other)) throw new InputError(`${dataset}: holds no judgements (qrels/ or data/)`);
  const listed = await list(other, { ...hub, revision: undefined }).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${dataset}: holds no judgements (qrels/ or data/), nor are they in ${messageOf(error)}`, {
      cause: error,
    });
  });
  const splits = tablesIn(
    other,
    listed.files.map(({ path }) => path),
    '',
  );
  return { splits, listed };
}

async function fetchListed({ dataset, commit, files }: Listed, paths: readonly string[], hub: HubOptions) {
  const { fetchFiles } = await import('../dataset/hub/fetch-dataset.js');
  const wanted = paths.map((wanted) => files.find(({ path }) => path === wanted)!);
  const { folder } = await fetchFiles(dataset, () => wanted, { ...hub, revision: commit, refresh: false });
  const checksums = Object.fromEntries(wanted.map(({ path, checksum }) => [path, checksum]));
  return { folder, facts: { revision: commit, checksums } };
}
