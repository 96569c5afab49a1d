import type { TaskFacts } from '../dataset/registry.js';
import { type Column, columns, count, counted, entry, joined } from './aligned-text.js';
import type { DatasetDescription } from './datasets-report.js';

type Task = Extract<DatasetDescription, { type: 'task' }>;

/** All that is known of a task. */
export function taskText({ group, task, published }: Task): string {
  const { characters, positivesPerQuery, languageShares, source, leakage, countsInDoubt } = task;
  return joined([
    `${group.name}/${task.name}`,
    ...entry('  focus', task.focus),
    ...entry('  family', task.family?.replaceAll('_', ' ')),
    ...entry('  dataset', `${group.datasetId}, split ${task.name}`),
    ...entry('  alias', task.alias),
    ...entry('  language', task.language === task.displayLanguage ? task.language : declared(task)),
    ...entry('', task.languages && `main languages detected: ${task.languages.join(' ')}`),
    ...entry('  category', task.category.replaceAll('_', ' ')),
    ...entry('  queries', texts(task.queries, characters?.queries, languageShares?.queries)),
    ...entry('  documents', texts(task.documents, characters?.documents, languageShares?.documents)),
    ...entry('', countsInDoubt ? 'counted by the registry on an older build of the data' : undefined),
    ...entry('  positives', task.positives === undefined ? undefined : count(task.positives)),
    ...entry('', positivesPerQuery && positivesLine(positivesPerQuery)),
    ...entry('  source', source && sourceLine(source)),
    ...entry('  scope', scopeLine(task)),
    ...entry('  leakage', leakage && leakageLine(leakage)),
    ...entry('', leakage?.note),
    ...entry('', group.leakageNote),
    ...entry('  licence', group.license),
    ...entry('  file', group.definedIn),
    ...publishedLines(published),
  ]);
}

function declared({ language, displayLanguage }: TaskFacts): string {
  return `${displayLanguage}; declared ${language}, which chooses the BM25 analyzer`;
}

function positivesLine({ min, median, max, queriesWithSeveral }: NonNullable<TaskFacts['positivesPerQuery']>): string {
  const several = `${counted(queriesWithSeveral, 'query has', 'queries have')} several`;
  return `per query ${min} to ${max}, median ${median}; ${several}`;
}

function scopeLine({ includedByDefault, scopeReason }: TaskFacts): string | undefined {
  if (includedByDefault) return undefined;
  return `not by default${scopeReason === undefined ? '' : ` (${scopeReason})`}`;
}

function texts(
  total: number | undefined,
  lengths: NonNullable<TaskFacts['characters']>['queries'] | undefined,
  shares: Readonly<Record<string, number>> | undefined,
): string | undefined {
  if (total === undefined) return undefined;
  const parts = [count(total)];
  if (lengths !== undefined) {
    const { min, median, mean, max } = lengths;
    const range = min === undefined || max === undefined ? '' : `${count(min)} to ${count(max)}, `;
    const middle = median === undefined ? '' : `median ${count(median)}, `;
    parts.push(`characters: ${range}${middle}mean ${count(Number(mean.toFixed(1)))}`);
  }
  if (shares !== undefined) {
    parts.push(
      Object.entries(shares)
        .map(([language, share]) => `${language} ${Number(share.toFixed(1))}%`)
        .join(', '),
    );
  }
  return parts.join('; ');
}

function sourceLine({ task, datasetId, revision, subset, split }: NonNullable<TaskFacts['source']>): string {
  return [`${task}: ${datasetId}`, revision && `at ${revision}`, subset && `subset ${subset}`, `split ${split}`]
    .filter((part) => part)
    .join(', ');
}

function leakageLine({ trainSplit, evaluationSplit, overlapAudit }: NonNullable<TaskFacts['leakage']>): string {
  const train = { available: 'has a training split', not_found: 'has no training split that was found' };
  const source = trainSplit === 'unknown' ? 'may have a training split' : train[trainSplit];
  const audit = overlapAudit.replaceAll('_', ' ');
  return `the source ${source}; made from its split ${evaluationSplit}; overlap audit: ${audit}`;
}

function publishedLines(published: Task['published']): string[] {
  if (published === null) return [];
  const profiles = [
    { title: 'BM25', scores: published.bm25 },
    { title: 'Dense', scores: published.dense },
    { title: 'Hybrid', scores: published.reranking_hybrid },
  ];
  const measure = (name: keyof (typeof published)['bm25'], title: string): Column<(typeof profiles)[number]> => ({
    title,
    of: ({ scores }) => scores[name].toFixed(4),
    right: true,
  });
  return [
    '',
    ...columns(profiles, [
      { title: 'Published', of: ({ title }) => title },
      measure('ndcg@10', 'nDCG@10'),
      measure('hit@10', 'hit@10'),
      measure('recall@100_micro', 'Recall@100 (micro)'),
    ]),
  ];
}
