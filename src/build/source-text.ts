/** What Python's `str.strip()` cuts off: JavaScript's `trim` spares U+001C to U+001F and U+0085, and cuts U+FEFF. */
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const LEADING = new RegExp(`^${SPACE}`);
/** The look-behind keeps the engine from trying every run of spaces inside the text. */
const TRAILING = new RegExp(`(?<!${SPACE.slice(0, -1)})${SPACE}$`);

export function strip(text: string): string {
  return text.replace(LEADING, '').replace(TRAILING, '');
}

/**
 * A document's text (HAKARI's builder): title, two newlines, body where both are there and differ, else whichever is
 * there; white space at the ends of either is cut.
 */
export function joinTitle(title: string, body: string): string {
  const [head, rest] = [strip(title), strip(body)];
  if (head === '' || head === rest) return rest;
  return rest === '' ? head : `${head}\n\n${rest}`;
}
