/**
 * Lower case by Unicode's full mapping, as Python's `str.lower()`: U+0130 becomes `i` and U+0307, and a capital sigma
 * that ends its word becomes a final sigma. It is applied to tokens after splitting, because the mark that U+0130 leaves
 * is not a word character and would cut the token. JavaScript and Python agree on every code point and on sigma beside
 * every code point, but for what differs between their versions of Unicode (Python 3.11: 14, Node 20: 15 or later).
 */
export function lowerCase(token: string): string {
  return token.toLowerCase();
}
