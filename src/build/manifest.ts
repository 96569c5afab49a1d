import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareIds } from '../common/id-order.js';
import { packageVersion } from '../common/version.js';
import { countPositives, type SetFacts } from './describe-set.js';

/** `manifest.json`, of the files that are in `folder`. */
export async function describeFiles(folder: string, { group, task, source, sampling, sample, candidates }: SetFacts) {
  const { order, seed, queries, documents, positives: limit, keepDuplicates, aligned, hardNegatives } = sampling;
  return {
    schema: 'tenbin-nano/1',
    tool: `tenbin ${packageVersion()}`,
    group,
    task,
    source,
    sampling: {
      order,
      ...(order === 'seed' && { seed }),
      limits: { queries, documents, positives_per_query: limit },
      keep_duplicates: keepDuplicates,
      ...(aligned && { aligned }),
      ...(hardNegatives !== undefined && { hard_negatives: hardNegatives }),
      rules: {
        text: 'title, two newlines, body where both are there and differ; stripped',
        order:
          order === 'seed'
            ? 'SHA-256 of {seed}:{id}; stored by id'
            : 'as the source stands (HAKARI-Bench 217c872); stored as taken',
        documents: 'positives, then documents judged not relevant by turns of the queries in id order, then others',
        skipped: `empty texts, repeated ids${keepDuplicates ? '' : ', repeated texts'}`,
      },
    },
    sizes: { queries: sample.queries.length, documents: sample.corpus.length, positives: countPositives(sample) },
    candidates: Object.keys(candidates),
    files: await hashFiles(folder),
  };
}

async function hashFiles(folder: string): Promise<Record<string, { bytes: number; sha256: string }>> {
  const files: Record<string, { bytes: number; sha256: string }> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
  for (const path of paths.sort(compareIds)) {
    const content = await readFile(join(folder, path));
    files[path] = { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  }
  return files;
}
