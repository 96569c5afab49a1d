/**
 * An equal string with its own memory. A substring of 13 units or more is a view of the text that it was cut from (V8's
 * sliced strings), so a table of tokens that keeps such views keeps every document alive.
 */
export function ownCopy(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}
