import { z } from 'zod';
import { readConfig } from '../common/config-file.js';
import type { TaskResult } from './task-result.js';

const score = z.number().min(0).max(1);
const scores = z.strictObject({ 'ndcg@10': score, 'hit@10': score, 'recall@100_micro': score });

const taskScores = z.strictObject({
  queries: z.int(),
  documents: z.int(),
  /** Profile with the highest nDCG@10. */
  best: z.enum(['bm25', 'dense', 'reranking_hybrid']),
  bm25: scores,
  dense: scores,
  reranking_hybrid: scores,
});

/** `config/published/<group>.yaml`. */
export const publishedScores = z.strictObject({ group: z.string(), tasks: z.record(z.string(), taskScores) });

/** What HAKARI-Bench publishes for each task of a group, by task name. */
export type PublishedTasks = Readonly<z.infer<typeof publishedScores>>['tasks'];

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

/**
 * What is published, in `config/published`, for the task and profile of a result. Undefined when there is nothing, when
 * the result was not measured by the protocol hakari, or when its numbers of queries and documents show that it is not
 * of the same data.
 */
export async function findPublished(result: TaskResult): Promise<PublishedScores | undefined> {
  const { group, task, profile, settings, counts } = result;
  const counterpart = COUNTERPARTS[profile];
  if (counterpart === undefined || settings.protocol !== 'hakari') return undefined;
  const tasks = await readPublished(group);
  const published = tasks !== undefined && Object.hasOwn(tasks, task) ? tasks[task] : undefined;
  const same = published?.queries === counts.queries && published?.documents === counts.documents;
  return same ? published?.[counterpart] : undefined;
}

/** What is published for a group, in `config/published`. Undefined when there is nothing. */
export async function readPublished(group: string): Promise<PublishedTasks | undefined> {
  if (!/^[\w.-]+$/.test(group)) return undefined;
  return (await readConfig(`published/${group}.yaml`, publishedScores))?.tasks;
}
