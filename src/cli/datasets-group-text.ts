import type { GroupFacts, TaskFacts } from '../dataset/registry.js';
import type { PublishedTasks } from '../results/published.js';
import { columns, count, entry, joined } from './aligned-text.js';

/** A group: what it is, its tasks, and what is to be known of them. */
export function groupText(group: GroupFacts, published: PublishedTasks): string {
  const { name, description, datasetId, license, definedIn, leakageNote, notOnLeaderboard = [], tasks } = group;
  const figure = (task: TaskFacts, profile: 'bm25' | 'dense' | 'reranking_hybrid') =>
    Object.hasOwn(published, task.name) ? published[task.name]![profile]['ndcg@10'].toFixed(4) : '';
  const table = columns<TaskFacts>(tasks, [
    { title: 'Task', of: (task) => task.name },
    { title: 'Language', of: (task) => task.displayLanguage },
    { title: 'Queries', of: ({ queries, countsInDoubt }) => doubtful(queries, countsInDoubt), right: true },
    { title: 'Documents', of: ({ documents, countsInDoubt }) => doubtful(documents, countsInDoubt), right: true },
    { title: 'Positives', of: ({ positives }) => count(positives), right: true },
    { title: 'BM25', of: (task) => figure(task, 'bm25'), right: true },
    { title: 'Dense', of: (task) => figure(task, 'dense'), right: true },
    { title: 'Hybrid', of: (task) => figure(task, 'reranking_hybrid'), right: true },
    { title: 'Focus', of: ({ focus = '' }) => focus },
  ]);
  const notes: string[] = [];
  if (Object.keys(published).length > 0) {
    notes.push('BM25, Dense, Hybrid: nDCG@10 as HAKARI-Bench publishes it (dense: harrier-oss-v1-270m).');
  }
  if (tasks.some(({ countsInDoubt }) => countsInDoubt)) notes.push("?: the registry's count of an older build.");
  const off = tasks.filter(({ includedByDefault }) => !includedByDefault);
  for (const [reason, names] of byReason(off)) {
    notes.push(...entry('', `Not by default${reason && ` (${reason})`}: ${names.join(', ')}.`, 0));
  }
  if (notOnLeaderboard.length > 0) {
    notes.push(...entry('', `HAKARI's leaderboard leaves out: ${notOnLeaderboard.join(', ')}.`, 0));
  }
  return joined([
    name,
    ...entry('  about', description),
    ...entry('  dataset', datasetId),
    ...entry('  language', languageOf(group)),
    ...entry('  licence', license),
    ...entry('  leakage', leakageNote),
    ...entry('  file', definedIn),
    '',
    ...table,
    ...textsTable(tasks),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ]);
}

/** `zh`, or `en, code`. */
export function languageOf({ language, primaryLanguages, category }: Omit<GroupFacts, 'tasks'>): string {
  return `${primaryLanguages?.join(', ') ?? language}${category === 'code' ? ', code' : ''}`;
}

/** What the texts of each task are like, where that is known. */
function textsTable(tasks: readonly TaskFacts[]): string[] {
  if (!tasks.some(({ characters }) => characters !== undefined)) return [];
  const mean = (lengths: { readonly mean: number } | undefined) => count(lengths && Math.round(lengths.mean));
  const table = columns(tasks, [
    { title: 'Task', of: ({ name }) => name },
    { title: 'Family', of: ({ family = '' }) => family.replaceAll('_', ' ') },
    { title: 'Query chars', of: ({ characters }) => mean(characters?.queries), right: true },
    { title: 'Document chars', of: ({ characters }) => mean(characters?.documents), right: true },
    { title: 'Detected', of: ({ languages = [] }) => languages.join(' ') },
  ]);
  return ['', ...table];
}

function byReason(tasks: readonly TaskFacts[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { name, scopeReason = '' } of tasks) names.set(scopeReason, [...(names.get(scopeReason) ?? []), name]);
  return names;
}

function doubtful(value: number | undefined, inDoubt = false): string {
  return `${count(value)}${inDoubt ? '?' : ''}`;
}
