import type { RowText } from './training-block.js';

/**
 * The strings of a JSON value but for keys, with their places as the core names them: `messages[0].content`. With `wanted`
 * only those of such fields at the top.
 */
export function jsonTexts(value: unknown, wanted: readonly string[] | undefined): RowText[] {
  const texts: RowText[] = [];
  // Not by recursion: a row may be nested deeper than the stack is.
  const open: { part: unknown; path: string }[] = [];
  for (const one of membersOf(value, '')) if (wanted === undefined || wanted.includes(one.path)) open.push(one);
  if (wanted === undefined && typeof value === 'string') texts.push({ field: undefined, text: value });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { part, path } = next;
    if (typeof part === 'string') texts.push({ field: path, text: part });
    else for (const member of membersOf(part, path)) open.push(member);
  }
  return texts.reverse();
}

function membersOf(part: unknown, path: string): { part: unknown; path: string }[] {
  if (Array.isArray(part)) return part.map((item, i) => ({ part: item, path: `${path}[${i}]` }));
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).map(([key, item]) => ({ part: item, path: path === '' ? key : `${path}.${key}` }));
}
