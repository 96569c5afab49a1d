/*
 * Ids are opaque strings compared as UTF-8 bytes, which is the order of their code points and of C and Python.
 * JavaScript's `<` compares UTF-16 units and puts U+1F600 before U+FF5E; localeCompare depends on the machine.
 */

/** Negative, zero or positive as `a` stands before, at or after `b` in UTF-8 byte order. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates, which stand for code points above U+FFFF, behind U+E000..U+FFFF. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
