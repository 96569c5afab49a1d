/* What the scripts that make C++ tables of Unicode have in common. */

const LINE_WIDTH = 120;

/** Equal items get one number, counted up in the order of their first occurrence; all numbers fit a byte. */
export function number(items) {
  const numbers = new Map();
  for (const item of items) if (!numbers.has(item)) numbers.set(item, numbers.size);
  if (numbers.size > 256) throw new Error(`${numbers.size} distinct items do not fit a byte`);
  return { distinct: [...numbers.keys()], numbers: items.map((item) => numbers.get(item)) };
}

/** A definition of a C++ array, in lines of LINE_WIDTH. */
export function array(declaration, items) {
  const lines = [''];
  for (const item of items.map(String)) {
    if (lines.at(-1).length + item.length + 1 > LINE_WIDTH) lines.push('');
    lines.push(`${lines.pop()}${item},`);
  }
  return `const ${declaration} = {\n${lines.join('\n')}\n};\n`;
}
