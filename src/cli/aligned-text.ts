/** Plain aligned text for the terminal and for `grep`: tables without rules, labels with a text beside them. */

const WIDTH = 80;
const LABEL = 12;

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
}

/** A line of titles and one for each row. A column in which every cell is empty is left out. */
export function columns<Row>(rows: readonly Row[], table: readonly Column<Row>[]): string[] {
  const filled = table
    .map((column) => ({ ...column, cells: rows.map(column.of) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
    .map((column) => ({ ...column, width: Math.max(...[column.title, ...column.cells].map((cell) => cell.length)) }));
  const line = (cell: (column: (typeof filled)[number]) => string) =>
    filled
      .map((column) => (column.right ? cell(column).padStart(column.width) : cell(column).padEnd(column.width)))
      .join('  ')
      .trimEnd();
  return [line(({ title }) => title), ...rows.map((_, i) => line(({ cells }) => cells[i]!))];
}

/** A label and a text beside it, whose further lines stand under its first; nothing where there is no text. */
export function entry(label: string, text: string | undefined, indent = LABEL): string[] {
  if (text === undefined) return [];
  const lines: string[] = [];
  let line = label.padEnd(indent);
  for (const word of text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .split(' ')) {
    if (line.trimEnd().length > indent && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(indent);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** `8,626`; nothing where it is not known. */
export function count(value: number | undefined): string {
  return value === undefined ? '' : value.toLocaleString('en-US');
}

/** `1 task`, `18 tasks`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function joined(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
