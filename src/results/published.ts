import { z } from 'zod';
import { readConfig } from '../common/config-file.js';

const scores = z.strictObject({
  'ndcg@10': z.number(),
  'hit@10': z.number(),
  'recall@100_micro': z.number(),
});

const taskScores = z.strictObject({
  /** Profile with the highest nDCG@10. */
  best: z.string(),
  bm25: scores,
  dense: scores,
  reranking_hybrid: scores,
});

const publishedScores = z.strictObject({ group: z.string(), tasks: z.record(z.string(), taskScores) });

/** What HAKARI-Bench publishes for one profile on one task. */
export type PublishedScores = Readonly<z.infer<typeof scores>>;

/** Which published profile a profile or candidate config is to be compared with. */
const COUNTERPARTS: Readonly<Record<string, 'bm25' | 'dense' | 'reranking_hybrid'>> = {
  bm25: 'bm25',
  dense: 'dense',
  reranking_hybrid: 'reranking_hybrid',
  candidates_bm25: 'bm25',
  candidates_harrier_oss_v1_270m: 'dense',
  candidates_reranking_hybrid: 'reranking_hybrid',
};

/** The published scores of a profile on a task, from `config/published`; undefined when there are none. */
export async function findPublished(
  group: string,
  task: string,
  profile: string,
): Promise<PublishedScores | undefined> {
  const counterpart = COUNTERPARTS[profile];
  if (counterpart === undefined || !/^[\w.-]+$/.test(group)) return undefined;
  const published = await readConfig(`published/${group}.yaml`, publishedScores);
  const tasks = published?.tasks;
  return tasks !== undefined && Object.hasOwn(tasks, task) ? tasks[task]?.[counterpart] : undefined;
}
