import { InputError } from '../common/errors.js';
import type { Task } from '../dataset/task.js';
import {
  type EvaluateOptions,
  type EvaluationFailure,
  type EvaluationProgress,
  evaluate,
} from '../evaluation/evaluate.js';
import { profileLabel } from '../evaluation/profile.js';
import { approximation, type ComparedResult, renderTable } from '../report/table.js';
import { findPublished } from '../results/published.js';
import { type TaskResult, writeResult } from '../results/task-result.js';
import { openProgressView, type ShownProgress } from './progress.js';

/**
 * Evaluates, writing each result into `output` as it comes, and prints the table at the end, after `beforeTable` when
 * nothing failed. Throws InputError when something failed, after the table of what did not.
 */
export async function runEvaluation(
  tasks: readonly Task[],
  options: Omit<EvaluateOptions, 'onProgress'>,
  output: string,
  beforeTable: () => Promise<void> = async () => undefined,
): Promise<void> {
  const view = openProgressView();
  const results: ComparedResult[] = [];
  const failures: string[] = [];
  const unwritten: string[] = [];
  try {
    for await (const outcome of evaluate(tasks, {
      ...options,
      onProgress: (progress) => view.update(shown(progress)),
    })) {
      if (isFailure(outcome)) {
        failures.push(describeFailure(outcome, tasks));
        continue;
      }
      const published = await findPublished(outcome);
      results.push({ result: outcome, published });
      view.line(describeResult(outcome));
      // A full disk must not cost the tasks to come, nor the figures in the table.
      await writeResult(output, outcome).catch((error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        unwritten.push(error.message);
      });
    }
  } finally {
    view.stop();
  }
  if (failures.length === 0) await beforeTable();
  if (results.length > 0) process.stdout.write(`${renderTable(results)}\nResults: ${output}\n`);
  const problems = new Set([...failures, ...unwritten]);
  if (problems.size > 0) throw new InputError([...problems].join('\ntenbin: '));
}

function shown({ task, profile, stage, done, total }: EvaluationProgress): ShownProgress {
  return { title: `${task} ${profile}: ${stage}`, done, total };
}

function isFailure(outcome: TaskResult | EvaluationFailure): outcome is EvaluationFailure {
  return 'error' in outcome;
}

/** With one task the message stands alone: it names the file, row or option itself. */
function describeFailure({ task, profile, error }: EvaluationFailure, tasks: readonly Task[]): string {
  return tasks.length === 1 ? error.message : `${task.name}, ${profileLabel(profile)}: ${error.message}`;
}

function describeResult(result: TaskResult): string {
  const { task, profile, metrics, settings, seconds } = result;
  const notes = [`nDCG@10 ${(metrics['ndcg@10'] ?? 0).toFixed(4)}`, `${total(seconds).toFixed(1)} s`];
  if (settings.analyzer !== undefined && settings.analyzerReason !== 'given') {
    notes.push(`analyzer ${settings.analyzer}: ${settings.analyzerReason}`);
  }
  const how = approximation(result);
  if (how !== undefined) notes.push(`approximate (${how})`);
  return `${task} ${profile}: ${notes.join('; ')}`;
}

function total(seconds: TaskResult['seconds']): number {
  return Object.values(seconds).reduce((sum, value) => sum + value, 0);
}
