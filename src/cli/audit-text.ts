import Table from 'cli-table3';
import { AUDIT_KINDS, AUDIT_ROLES, type AuditMatch, type AuditResult } from '../audit/audit-options.js';

const PLURALS = { query: 'queries', positive: 'positives', document: 'documents', source: 'source texts' } as const;

/** One match on two lines: where and whose, and the training text. */
export function matchText(match: AuditMatch): string {
  const { file, line, row, field, group, task, role, id, kind, similarity, excerpt } = match;
  const place = line === undefined ? `${file}: row ${row}` : `${file}:${line}`;
  const degree = kind === 'near' || kind === 'contained' ? ` ${similarity.toFixed(2)}` : '';
  const where = field === undefined ? '' : ` ${field}`;
  return `${place}${where}: ${kind}${degree}, ${role} ${JSON.stringify(id)} of ${group}/${task}\n    ${oneLine(excerpt)}`;
}

/** A table of what was found of each task, and a sentence. */
export function auditText({ tasks, sources, rows, overlappingRows, matches }: AuditResult): string {
  const table = new Table({
    head: ['Task', 'Role', 'Texts', ...AUDIT_KINDS],
    colAligns: ['left', 'left', 'right', ...AUDIT_KINDS.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const { group, task, overlap } of tasks) {
    const roles = AUDIT_ROLES.filter((role) => role !== 'source' || sources.length > 0);
    for (const [i, role] of roles.entries()) {
      const counts = overlap[role];
      table.push([
        i === 0 ? `${group}/${task}` : '',
        PLURALS[role],
        grouped(counts.total),
        ...AUDIT_KINDS.map((kind) => grouped(counts[kind])),
      ]);
    }
  }
  const linked = sources.map(
    (one) => `${one.file}: ${grouped(one.sourceRows)} of ${grouped(one.rows)} rows hold a query or document\n`,
  );
  const found = `${grouped(overlappingRows)} of ${grouped(rows)} rows overlap (${grouped(matches)} matches)`;
  return `${table.toString()}\n${linked.join('')}${overlappingRows === 0 ? `No overlap: ${found}` : found}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** The excerpt on one line, without control characters. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
