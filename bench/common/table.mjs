/** Rows of cells as a Markdown table whose columns line up, so that it reads the same in a terminal and in docs/. */
export function markdownTable(header, rows) {
  const widths = header.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column])].map(width)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return `${[line(header), rule, ...rows.map(line)].join('\n')}\n`;
}

const width = (cell) => cell.length;
