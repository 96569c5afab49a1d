import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { Qrels } from '../rank/qrels.js';
import { readLines } from './text-lines.js';

/** A whole number, which pandas and others write with `.0` behind it. */
const GRADE = /^[+-]?\d{1,9}(?:\.0+)?$/;

/**
 * Reads BEIR's `qrels/*.tsv`: query-id, corpus-id, score, separated by tabs, under a header; ids may hold spaces. A
 * pair may be repeated with the same grade; blank lines at the end of the file are none. Throws InputError naming file
 * and line.
 */
export async function readBeirQrels(path: string): Promise<Qrels> {
  const qrels = new Map<string, Map<string, number>>();
  let header = false;
  let blank: string | undefined;
  for await (const { first, lines } of readLines(path)) {
    for (const [i, line] of lines.entries()) {
      const where = `${path}:${first + i}`;
      if (line === '') {
        blank ??= where;
        continue;
      }
      if (blank !== undefined) throw new InputError(`${blank}: expected 3 fields, got a blank line`);
      const fields = line.split('\t');
      if (fields.length !== 3) throw new InputError(`${where}: expected 3 fields, got ${fields.length}`);
      const [queryId, documentId, score] = fields as [string, string, string];
      const isGrade = GRADE.test(score);
      if (!header) {
        // BEIR skips the first line unread, and would lose a judgement where the header is left out.
        if (isGrade) throw new InputError(`${where}: expected the header query-id, corpus-id, score`);
        header = true;
        continue;
      }
      if (!isGrade) throw new InputError(`${where}: score must be a whole number, got ${show(score)}`);
      const judged = qrels.get(queryId) ?? new Map<string, number>();
      const grade = Number(score);
      const earlier = judged.get(documentId) ?? grade;
      if (earlier !== grade) {
        throw new InputError(`${where}: ${show(queryId)} and ${show(documentId)} are judged ${earlier} and ${grade}`);
      }
      judged.set(documentId, grade);
      qrels.set(queryId, judged);
    }
  }
  return qrels;
}
