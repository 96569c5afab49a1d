import { type Column, columns, count, counted, entry, joined } from './aligned-text.js';
import { groupText, languageOf } from './datasets-group-text.js';
import type { DatasetDescription, DatasetListing, GroupSummary, Totals } from './datasets-report.js';
import { taskText } from './datasets-task-text.js';

/** The listing of all groups and collections. */
export function listingText({ groups, collections, totals }: DatasetListing): string {
  const lines = [...groupTable(groups), '', totalsLine(totals)];
  for (const { name, tasks, tasksByDefault } of groups) {
    if (tasksByDefault < tasks) lines.push(`Not by default: ${counted(tasks - tasksByDefault, 'task')} of ${name}.`);
  }
  if (collections.length > 0) {
    lines.push('', 'Collections');
    const table: Column<(typeof collections)[number]>[] = [
      { title: '', of: ({ name }) => `  ${name}` },
      { title: '', of: (collection) => counted(collection.groups.length, 'group'), right: true },
      { title: '', of: ({ description = '' }) => description },
    ];
    lines.push(...columns(collections, table).slice(1));
  }
  return joined(lines);
}

/** All that is known of one group, collection or task. */
export function descriptionText(description: DatasetDescription): string {
  if (description.type === 'group') return groupText(description.group, description.published);
  if (description.type === 'task') return taskText(description);
  const { collection, groups, totals } = description;
  return joined([
    collection.name,
    ...entry('  about', collection.description),
    ...entry('  language', collection.language),
    '',
    ...groupTable(groups),
    '',
    totalsLine(totals),
  ]);
}

function groupTable(groups: readonly GroupSummary[]): string[] {
  return columns(groups, [
    { title: 'Group', of: ({ name }) => name },
    { title: 'Tasks', of: ({ tasks }) => count(tasks), right: true },
    { title: 'Language', of: languageOf },
    { title: 'Queries', of: ({ queries }) => count(queries), right: true },
    { title: 'Documents', of: ({ documents }) => count(documents), right: true },
    { title: 'Description', of: ({ description = '' }) => description },
  ]);
}

function totalsLine({ groups, tasks, tasksByDefault, queries, documents }: Totals): string {
  const byDefault = tasksByDefault < tasks ? ` (${count(tasksByDefault)} by default)` : '';
  const texts = `${counted(queries, 'query', 'queries')} and ${counted(documents, 'document')}`;
  return `${counted(groups, 'group')}, ${counted(tasks, 'task')}${byDefault}: ${texts}.`;
}
