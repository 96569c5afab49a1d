import { join } from 'node:path';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { listEntries } from './folder-files.js';
import type { CandidateRow } from './task.js';
import { readTrecRun } from './trec-run.js';

/*
 * Candidates beside tables that have no room for them: `candidates/<config>.run`, or `.run.gz`, in TREC's form. Each
 * query's documents count in the order of the file.
 */

const folderName = 'candidates';
const suffixes = ['.run', '.run.gz'];

export async function listRunConfigs(folder: string): Promise<string[]> {
  return [...(await runFiles(folder)).keys()];
}

/** Throws InputError when the config is missing, listing those there are. */
export async function* readRunCandidates(folder: string, config: string): AsyncGenerator<CandidateRow, void, void> {
  const files = await runFiles(folder);
  const path = files.get(config);
  if (path === undefined) {
    const present = files.size > 0 ? `candidate configs are ${[...files.keys()].join(', ')}` : 'there are none';
    throw new InputError(`${join(folder, folderName)}: no candidates ${show(config)}; ${present}`);
  }
  const { rankings } = await readTrecRun(path);
  for (const { queryId, documentIds } of rankings.values()) yield { queryId, documentIds: [...documentIds] };
}

async function runFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of await listEntries(join(folder, folderName))) {
    const suffix = suffixes.find((end) => name.endsWith(end));
    if (suffix !== undefined) files.set(name.slice(0, -suffix.length), join(folder, folderName, name));
  }
  return files;
}
