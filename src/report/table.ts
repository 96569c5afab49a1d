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
 * A profile that searched vectors approximately has columns of its own, named for how.
 */
export function renderTable(results: readonly ComparedResult[]): string {
  const headings = [...new Set(results.map(({ result }) => titleOf(result)))];
  const tasks = byTask(results);
  const protocol = results[0]?.result.settings.protocol === 'trec' ? 'trec' : 'hakari';
  const columns = headings.flatMap((heading) => COLUMNS[protocol].map((column) => ({ heading, ...column })));
  const table = new Table({
    head: [
      'Task',
      'Lang',
      'Queries',
      'Docs',
      ...columns.map((c) => `${c.heading.replace(' (', '\n(')}\n${c.title}`),
      'Best',
    ],
    colAligns: ['left', 'left', 'right', 'right', ...columns.map(() => 'right' as const), 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const [groupAndTask, ofTask] of tasks) {
    const { task, language = '', counts, dataset } = ofTask[0]!.result;
    const figures = columns.map(({ heading, measure }) =>
      figure(
        ofTask.find(({ result }) => titleOf(result) === heading),
        measure,
      ),
    );
    table.push([
      // A task of another format is but a split, and every dataset has a `test`.
      dataset.format === 'nano' ? task : groupAndTask,
      language,
      count(counts.queries),
      count(counts.documents),
      ...figures,
      best(ofTask),
    ]);
  }
  if (tasks.size > 1) {
    const means = columns.map(({ heading, measure }) => mean(results, heading, measure, tasks.size));
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
  const approximate = new Set(results.flatMap(({ result }) => (approximation(result) ? [titleOf(result)] : [])));
  if (approximate.size > 0) {
    lines.push(
      `${[...approximate].join(', ')}: vectors were searched approximately; the exact search can rank otherwise.`,
    );
  }
  for (const { result } of results) lines.push(...remarks(result));
  // Alike for each profile of a task.
  lines.push(
    ...new Set(results.flatMap(({ result }) => result.remarks?.map((remark) => `${result.task}: ${remark}.`) ?? [])),
  );
  if (results.some(({ published }) => published !== undefined)) {
    lines.push('Second line of a figure: published by HAKARI-Bench (dense: harrier-oss-v1-270m), and ours minus that.');
  }
  return lines;
}

/** What makes a figure mean less than it seems to. */
function remarks(result: TaskResult): string[] {
  const { task, counts, settings } = result;
  const where = `${task}, ${titleOf(result)}`;
  const remarks: string[] = [];
  const say = (number: number | undefined, what: string) => {
    if (number !== undefined && number > 0) remarks.push(`${where}: ${count(number)} ${what}`);
  };
  const missing = /\S+ not installed \(.*?\)/.exec(String(settings.analyzerEngines ?? ''));
  if (missing) remarks.push(`${where}: ${missing[0]}: ICU cut the words.`);
  say(counts.queriesWithoutTokens, 'queries have no token by this analyzer.');
  say(counts.queriesWithoutKnownTokens, 'queries share no token with any document: the tie rule alone ranks for them.');
  say(counts.zeroQueryVectors, 'queries have a zero vector: the tie rule alone ranks for them.');
  say(counts.zeroDocumentVectors, 'documents have a zero vector.');
  say(counts.queriesWithoutCandidates, 'queries have no candidates and score 0.');
  say(counts.queriesWithoutJudgements, 'queries have no judgements.');
  return remarks;
}

function titleOf(result: TaskResult): string {
  const { profile } = result;
  const title = TITLES[profile] ?? profile.replace(/^candidates_/, 'Candidates ');
  const how = approximation(result);
  return how === undefined ? title : `${title} (${how})`;
}

/** How vectors were searched where that was not exact: `int8`, `int8 rescored`, `HNSW32 efSearch=64`. */
export function approximation({ settings, vectorSearch }: TaskResult): string | undefined {
  if (vectorSearch === undefined || vectorSearch.exact) return undefined;
  const { precision, rescore, faissFactory, faissParameters } = settings;
  if (faissFactory === undefined) return `${precision}${rescore ? ' rescored' : ''}`;
  return [faissFactory, faissParameters].filter((part) => part !== undefined).join(' ');
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
  return winner === undefined || results.length < 2 ? '' : titleOf(winner);
}

/** Plain mean over tasks; nothing when some task lacks that column, since the mean would be of other tasks. */
function mean(results: readonly ComparedResult[], heading: string, measure: string, tasks: number): string {
  const values = results.flatMap(({ result }) => {
    const value = titleOf(result) === heading ? result.metrics[measure] : undefined;
    return value === undefined ? [] : [value];
  });
  return values.length === tasks ? (values.reduce((sum, value) => sum + value, 0) / tasks).toFixed(4) : '-';
}

function count(value: number | undefined): string {
  return value === undefined ? '' : value.toLocaleString('en-US');
}
