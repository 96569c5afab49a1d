import Table from 'cli-table3';
import type { PublishedScores } from '../results/published.js';
import type { TaskResult } from '../results/task-result.js';

/** A result with what is published for the same profile and task, where there is something. */
export interface ComparedResult {
  readonly result: TaskResult;
  readonly published?: PublishedScores | undefined;
}

const TITLES: Readonly<Record<string, string>> = { bm25: 'BM25', dense: 'Dense', reranking_hybrid: 'Hybrid' };

/** The measures shown. HAKARI's task pages print recall over all pairs (micro); trec_eval averages over queries. */
const COLUMNS = {
  hakari: [
    { measure: 'ndcg@10', title: 'nDCG@10' },
    { measure: 'recall@100_micro', title: 'Recall@100' },
  ],
  trec: [
    { measure: 'ndcg@10', title: 'nDCG@10' },
    { measure: 'recall@100', title: 'Recall@100' },
  ],
} as const;

/**
 * Results as a table for the terminal: one row per task, each profile's nDCG@10 and Recall@100, the best profile by
 * nDCG@10 (the first in the order of the columns wins a tie). Under a figure stand the published one and the difference.
 */
export function renderTable(results: readonly ComparedResult[]): string {
  const profiles = [...new Set(results.map(({ result }) => result.profile))];
  const tasks = byTask(results);
  const protocol = results[0]?.result.settings.protocol === 'trec' ? 'trec' : 'hakari';
  const columns = profiles.flatMap((profile) => COLUMNS[protocol].map((column) => ({ profile, ...column })));
  const table = new Table({
    head: ['Task', 'Lang', 'Queries', 'Docs', ...columns.map((c) => `${titleOf(c.profile)}\n${c.title}`), 'Best'],
    colAligns: ['left', 'left', 'right', 'right', ...columns.map(() => 'right' as const), 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const [groupAndTask, ofTask] of tasks) {
    const { task, language = '', counts, dataset } = ofTask[0]!.result;
    const figures = columns.map(({ profile, measure }) =>
      figure(
        ofTask.find(({ result }) => result.profile === profile),
        measure,
      ),
    );
    table.push([
      // A BEIR task is but a split, and every dataset has a `test`.
      dataset.format === 'beir' ? groupAndTask : task,
      language,
      count(counts.queries),
      count(counts.documents),
      ...figures,
      best(ofTask),
    ]);
  }
  if (tasks.size > 1) {
    const means = columns.map(({ profile, measure }) => mean(results, profile, measure, tasks.size));
    table.push([`mean of ${tasks.size} tasks`, '', '', '', ...means, '']);
  }
  return [table.toString(), ...legend(results, protocol)].join('\n');
}

function byTask(results: readonly ComparedResult[]): Map<string, ComparedResult[]> {
  const tasks = new Map<string, ComparedResult[]>();
  for (const compared of results) {
    const key = `${compared.result.group}/${compared.result.task}`;
    const known = tasks.get(key);
    if (known === undefined) tasks.set(key, [compared]);
    else known.push(compared);
  }
  return tasks;
}

function legend(results: readonly ComparedResult[], protocol: keyof typeof COLUMNS): string[] {
  const recall =
    protocol === 'hakari'
      ? 'Recall@100: relevant documents found over all relevant documents (micro).'
      : 'Recall@100: mean over queries.';
  const lines = [`Protocol ${protocol}. ${recall}`];
  for (const { result } of results) lines.push(...remarks(result));
  if (results.some(({ published }) => published !== undefined)) {
    lines.push('Second line of a figure: published by HAKARI-Bench (dense: harrier-oss-v1-270m), and ours minus that.');
  }
  return lines;
}

/** What makes a figure mean less than it seems to. */
function remarks({ task, profile, counts, settings }: TaskResult): string[] {
  const remarks: string[] = [];
  const say = (number: number | undefined, what: string) => {
    if (number !== undefined && number > 0) remarks.push(`${task}, ${titleOf(profile)}: ${count(number)} ${what}`);
  };
  const missing = /\S+ not installed \(.*?\)/.exec(String(settings.analyzerEngines ?? ''));
  if (missing) remarks.push(`${task}, ${titleOf(profile)}: ${missing[0]}: ICU cut the words.`);
  say(counts.queriesWithoutTokens, 'queries have no token by this analyzer.');
  say(counts.queriesWithoutKnownTokens, 'queries share no token with any document: the tie rule alone ranks for them.');
  say(counts.zeroQueryVectors, 'queries have a zero vector: the tie rule alone ranks for them.');
  say(counts.zeroDocumentVectors, 'documents have a zero vector.');
  say(counts.queriesWithoutCandidates, 'queries have no candidates and score 0.');
  say(counts.queriesWithoutJudgements, 'queries have no judgements.');
  return remarks;
}

function titleOf(profile: string): string {
  return TITLES[profile] ?? profile.replace(/^candidates_/, 'Candidates ');
}

function figure(compared: ComparedResult | undefined, measure: string): string {
  const ours = compared?.result.metrics[measure];
  if (ours === undefined) return '-';
  const theirs = compared?.published?.[measure as keyof PublishedScores];
  if (theirs === undefined) return ours.toFixed(4);
  return `${ours.toFixed(4)}\n${theirs.toFixed(4)} ${signed(ours - theirs)}`;
}

function signed(difference: number): string {
  const digits = difference.toFixed(4).replace(/^-(0\.0000)$/, '$1');
  return digits.startsWith('-') ? digits : `+${digits}`;
}

function best(results: readonly ComparedResult[]): string {
  let winner: TaskResult | undefined;
  for (const { result } of results) {
    if (winner === undefined || (result.metrics['ndcg@10'] ?? 0) > (winner.metrics['ndcg@10'] ?? 0)) winner = result;
  }
  return winner === undefined || results.length < 2 ? '' : titleOf(winner.profile);
}

/** Plain mean over tasks; nothing when some task lacks the profile, since the mean would be of other tasks. */
function mean(results: readonly ComparedResult[], profile: string, measure: string, tasks: number): string {
  const values = results.flatMap(({ result }) => {
    const value = result.profile === profile ? result.metrics[measure] : undefined;
    return value === undefined ? [] : [value];
  });
  return values.length === tasks ? (values.reduce((sum, value) => sum + value, 0) / tasks).toFixed(4) : '-';
}

function count(value: number | undefined): string {
  return value === undefined ? '' : value.toLocaleString('en-US');
}
