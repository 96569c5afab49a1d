import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { TextBatch, TextRow } from './task.js';

/** A batch ends at so many rows or so many characters. */
const batchRows = 1000;
const batchCharacters = 1 << 24;
/** A Map holds no more. */
const maximumRows = 2 ** 24;

/** A row of a table of texts; `key` names its id in messages, `_id` say, and `line` is where it begins, from 1. */
export interface KeyedText {
  readonly key: string;
  readonly line: number;
  readonly id: string;
  readonly text: string;
}

/**
 * Gathers the rows of a table into batches. Throws InputError naming file and line when an id is repeated.
 */
export async function* batchTexts(
  path: string,
  texts: AsyncIterable<KeyedText>,
): AsyncGenerator<TextBatch, void, void> {
  const lineOf = new Map<string, number>();
  let rows: TextRow[] = [];
  let characters = 0;
  let row = 0;
  for await (const { key, line, id, text } of texts) {
    const earlier = lineOf.get(id);
    if (earlier !== undefined)
      throw new InputError(`${path}:${line}: ${key} ${show(id)} is already in line ${earlier}`);
    if (lineOf.size === maximumRows) throw new InputError(`${path}:${line}: more than ${maximumRows} rows`);
    lineOf.set(id, line);
    rows.push({ id, text, row: row++ });
    characters += text.length;
    if (rows.length === batchRows || characters > batchCharacters) {
      yield { rows, read: rows.length };
      rows = [];
      characters = 0;
    }
  }
  if (rows.length > 0) yield { rows, read: rows.length };
}
