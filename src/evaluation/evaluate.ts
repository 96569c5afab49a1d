import { checkChoice, checkFileName, checkInteger, checkOptions, fail } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { Task } from '../dataset/task.js';
import { PROTOCOLS, type Protocol } from '../metrics/protocol.js';
import { parseMeasures } from '../metrics/registry.js';
import type { Ranking } from '../rank/ranking.js';
import type { TaskResult } from '../results/task-result.js';
import { evaluateTask } from './evaluate-task.js';
import { PROFILE_NAMES, type Profile, profileLabel, type RankingOptions } from './profile.js';
import type { Progress } from './retriever.js';
import { TaskSession } from './task-session.js';
import { checkBackend, checkVectorSearching } from './vector-searching.js';

/** Where an evaluation stands. */
export interface EvaluationProgress extends Progress {
  readonly task: string;
  readonly profile: string;
}

export interface EvaluateOptions extends RankingOptions {
  readonly profiles: readonly Profile[];
  /** Default: `hakari` for a Nano task, `trec` for any other. */
  readonly protocol?: Protocol | undefined;
  /** Documents per ranking; default 100 by hakari, 1000 by trec. */
  readonly topK?: number | undefined;
  readonly measures?: readonly string[] | undefined;
  readonly onRanking?: ((ranking: Ranking) => Promise<void>) | undefined;
  readonly onProgress?: ((progress: EvaluationProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A profile that could not be weighed on a task, because of what `error` says. */
export interface EvaluationFailure {
  readonly task: Task;
  readonly profile: Profile;
  readonly error: InputError;
}

const TIE_RULES = { hakari: 'id-ascending', trec: 'id-descending' } as const;
const DEFAULT_TOP_K = { hakari: 100, trec: 1000 } as const;

/**
 * Weighs each profile on each task, one after the other, and yields results as they come. Wrong input ends the profile
 * or task it belongs to, as a failure, and not the others; wrong options, other errors, and the signal, end all.
 */
export async function* evaluate(
  tasks: readonly Task[],
  options: EvaluateOptions,
): AsyncGenerator<TaskResult | EvaluationFailure> {
  await checkEvaluation(tasks, options);
  for (const task of tasks) {
    const protocol = options.protocol ?? (task.format === 'nano' ? 'hakari' : 'trec');
    const topK = options.topK ?? DEFAULT_TOP_K[protocol];
    let profile = '';
    const onProgress = (progress: Progress) => options.onProgress?.({ ...progress, task: task.name, profile });
    const { lexical, dense, signal, measures, onRanking } = options;
    let session: TaskSession | undefined;
    try {
      for (const next of options.profiles) {
        profile = profileLabel(next);
        try {
          session ??= await TaskSession.open(task, {
            lexical,
            dense,
            tieRule: TIE_RULES[protocol],
            onProgress,
            signal,
          });
          yield await evaluateTask(session, next, { protocol, topK, measures, onRanking, onProgress, signal });
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          session?.clock.take(); // the next profile's time is its own
          yield { task, profile: next, error };
        }
      }
    } finally {
      await session?.[Symbol.asyncDispose]();
    }
  }
}

async function checkEvaluation(tasks: readonly Task[], options: EvaluateOptions): Promise<void> {
  if (!Array.isArray(tasks)) fail('tasks', 'an array of tasks', tasks);
  checkOptions(options);
  const { profiles, protocol, topK, measures = [], dense } = options;
  if (!Array.isArray(profiles)) fail('profiles', 'an array of profiles', profiles);
  let needsEncoder = false;
  for (const profile of profiles) {
    checkChoice('profile', profile.name, PROFILE_NAMES);
    if (profile.name === 'candidates') checkFileName('candidates', profile.config);
    if (profile.name !== 'dense' && profile.name !== 'reranking_hybrid') continue;
    if (dense?.embeddings === undefined) throw new InputError(`profile ${profile.name}: needs an encoder`);
    needsEncoder = true;
  }
  if (protocol !== undefined) checkChoice('protocol', protocol, PROTOCOLS);
  if (topK !== undefined) checkInteger('topK', topK, 1);
  if (measures.length > 0) parseMeasures(measures);
  if (!needsEncoder || dense === undefined) return;
  checkVectorSearching(dense);
  await checkBackend(dense.backend);
}
