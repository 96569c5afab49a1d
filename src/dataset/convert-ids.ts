import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';

export const TARGETS = ['nano', 'beir', 'trec'] as const;

/** A layout that a dataset can be converted to. */
export type Target = (typeof TARGETS)[number];

const controls: Readonly<Record<string, string>> = { '\t': 'a tab', '\n': 'a newline', '\r': 'a carriage return' };

/**
 * Throws InputError `where: ...` when the target cannot hold an id and give it back: BEIR separates judgements by tabs and
 * lines, TREC by any white space, and takes a line that begins with # for a comment; UTF-8 knows no halves of
 * surrogate pairs.
 */
export function checkId(target: Target, what: 'query' | 'document', id: string, where: string): void {
  const problem = problemOf(target, what, id);
  if (problem === undefined) return;
  const names = { nano: 'a Nano table', beir: 'a BEIR folder', trec: "TREC's files" };
  throw new InputError(`${where}: ${what} id ${show(id)} ${problem}, which ${names[target]} cannot hold`);
}

function problemOf(target: Target, what: 'query' | 'document', id: string): string | undefined {
  if (/\p{Surrogate}/u.test(id)) return 'holds half of a surrogate pair';
  if (target === 'nano') return undefined;
  const control = /[\t\n\r]/.exec(id)?.[0];
  if (control !== undefined) return `holds ${controls[control]}`;
  if (target === 'beir') return undefined;
  if (id === '') return 'is empty';
  if (/[\v\f ]/.test(id)) return 'holds white space';
  return what === 'query' && id.startsWith('#') ? 'begins with #' : undefined;
}
