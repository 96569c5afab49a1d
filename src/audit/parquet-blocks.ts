import { type FileMetaData, parquetSchema, type SchemaTree } from 'hyparquet';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { idColumn } from '../dataset/parquet-column.js';
import { corrupt, openFile, readFooter } from '../dataset/parquet-file.js';
import { readTable } from '../dataset/parquet-table.js';
import { PackedTexts } from '../native/packed-texts.js';
import type { TrainingBlock } from './training-block.js';

/** Blocks of the columns of strings, or of lists of strings, of a Parquet file. */
export async function* parquetBlocks(
  path: string,
  wanted: readonly string[] | undefined,
): AsyncGenerator<TrainingBlock, void, void> {
  const columns = wanted ?? (await textColumns(path));
  for await (const { start, rows, columns: cells } of readTable(path, columns)) {
    const texts = new PackedTexts();
    const places: { row: number; field: string; text: string }[] = [];
    const add = (text: string | null, row: number, field: string) => {
      if (text === null) return;
      texts.add(text);
      places.push({ row, field, text });
    };
    for (let i = 0; i < rows; i++) {
      for (const [column, name] of columns.entries()) {
        const cell = cells[column]![i]!;
        if (cell === null || typeof cell === 'string') add(cell, start + i, name);
        else for (const [item, text] of cell.entries()) add(text, start + i, `${name}[${item}]`);
      }
    }
    yield {
      layout: 'texts',
      bytes: texts.bytes,
      offsets: texts.offsets,
      source: undefined,
      rows,
      place: ({ row: text }) => {
        const { row, field } = places[text]!;
        return { row, field, begin: row, end: row + 1 };
      },
      rowTexts: ({ row: text }) => {
        const { row } = places[text]!;
        let [first, end] = [text, text + 1];
        while (places[first - 1]?.row === row) first--;
        while (places[end]?.row === row) end++;
        return places.slice(first, end);
      },
    };
  }
}

/**
 * The columns that hold text. Throws InputError when there is none, or one that this version cannot read, for it may hold
 * what is looked for.
 */
async function textColumns(path: string): Promise<string[]> {
  const handle = await openFile(path);
  try {
    const { metadata } = await readFooter(path, handle);
    const trees = await corrupt(path, () => parquetSchema(metadata).children);
    const withText = trees.filter(holdsText).map(({ element }) => element.name);
    for (const name of withText) refuseUnreadable(path, metadata, name);
    if (withText.length === 0) throw new InputError(`${path}: no column holds text`);
    return withText;
  } finally {
    await handle.close();
  }
}

/** Whether some leaf below may hold strings. */
function holdsText(tree: SchemaTree): boolean {
  return tree.children.length > 0 ? tree.children.some(holdsText) : tree.element.type === 'BYTE_ARRAY';
}

function refuseUnreadable(path: string, metadata: FileMetaData, name: string): void {
  try {
    idColumn(path, metadata, name);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${path}: column ${show(name)} is neither strings nor a list of strings; name the columns to read, or convert it to JSONL`,
      { cause: error },
    );
  }
}
