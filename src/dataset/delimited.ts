import { InputError } from '../common/errors.js';
import { readLines } from './text-lines.js';

/** A record of a table, with the number of its first line. */
export interface DelimitedRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

const longestRecord = 1 << 27;

/**
 * Reads comma-separated values (RFC 4180: a field may stand in quotes, doubled inside it, and then hold commas and line
 * ends) or tab-separated ones, which know no quotes. Blank lines are passed over. Throws InputError `file:line: ...` for a
 * quote that is out of place or not closed.
 */
export async function* readDelimited(path: string, separator: ',' | '\t'): AsyncGenerator<DelimitedRecord, void, void> {
  let open: { line: number; text: string } | undefined;
  for await (const { first, lines } of readLines(path)) {
    for (const [i, written] of lines.entries()) {
      const line = open?.line ?? first + i;
      const text: string = open === undefined ? written : `${open.text}\n${written}`;
      // Quotes come in pairs, but for one that is still open.
      const isOpen = separator === ',' && (open !== undefined) !== (count(written, '"') % 2 === 1);
      if (text.length > longestRecord) throw new InputError(`${path}:${line}: longer than ${longestRecord} characters`);
      open = isOpen ? { line, text } : undefined;
      if (isOpen || text === '') continue;
      yield { line, fields: separator === ',' ? splitQuoted(text, `${path}:${line}`) : text.split(separator) };
    }
  }
  if (open !== undefined) throw new InputError(`${path}:${open.line}: a quote is not closed`);
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found++;
  return found;
}

/** The quotes of `text` are even in number, so each field that opens one closes it. */
function splitQuoted(text: string, where: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let end: number;
    if (text[at] === '"') {
      end = at + 1;
      while (text[end] !== '"' || text[end + 1] === '"') end += text[end] === '"' ? 2 : 1;
      fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
      end++;
      if (end < text.length && text[end] !== ',') throw new InputError(`${where}: text behind a closing quote`);
    } else {
      const comma = text.indexOf(',', at);
      end = comma < 0 ? text.length : comma;
      const field = text.slice(at, end);
      if (field.includes('"')) throw new InputError(`${where}: a quote within a field without quotes`);
      fields.push(field);
    }
    if (end >= text.length) return fields;
    at = end + 1;
  }
}
