/** HAKARI cuts texts for `wordseg` and `transformer` into pieces of this many code points, wherever that falls. */
const CHUNK_CODE_POINTS = 4000;

/** The pieces of a text, which need not respect its words; a short text is one piece, also when it is empty. */
export function chunks(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > CHUNK_CODE_POINTS) {
    let end = start;
    for (let count = 0; count < CHUNK_CODE_POINTS && end < text.length; count++) {
      end += text.codePointAt(end)! > 0xffff ? 2 : 1;
    }
    pieces.push(text.slice(start, end));
    start = end;
  }
  if (start < text.length || pieces.length === 0) pieces.push(text.slice(start));
  return pieces;
}
