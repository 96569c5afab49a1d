/*
 * Snappy blocks. A decoder that takes a length for a signed number can be sent round in circles by it, so every length
 * is checked here before it moves anything. Source: format_description.txt of Snappy.
 */

/** Unfolds a block into exactly `length` bytes. Throws RangeError when it holds anything else. */
export function unfoldSnappy(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  let from = preamble(input, length);
  let to = 0;
  while (from < input.length) {
    const tag = input[from++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let literals = tag >> 2;
      if (literals >= 60) {
        const bytes = literals - 59;
        literals = littleEndian(input, from, bytes);
        from += bytes;
      }
      literals++;
      if (!(literals <= input.length - from && literals <= length - to)) throw malformed();
      output.set(input.subarray(from, from + literals), to);
      from += literals;
      to += literals;
      continue;
    }
    const copied = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const bytes = kind === 3 ? 4 : kind;
    const distance = littleEndian(input, from, bytes) + (kind === 1 ? (tag >> 5) << 8 : 0);
    from += bytes;
    if (!(distance > 0 && distance <= to && copied <= length - to)) throw malformed();
    // A copy may reach into what it writes; then it repeats.
    for (const end = to + copied; to < end; to++) output[to] = output[to - distance]!;
  }
  if (to !== length) throw malformed();
  return output;
}

/** The offset behind the length in front, which must be the one that is announced. */
function preamble(input: Uint8Array, length: number): number {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = input[i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte >= 0x80) continue;
    if (value !== length) throw malformed();
    return i + 1;
  }
  throw malformed();
}

/** NaN where the bytes are not there. */
function littleEndian(bytes: Uint8Array, offset: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value += (bytes[offset + i] ?? Number.NaN) * 2 ** (8 * i);
  return value;
}

function malformed(): RangeError {
  return new RangeError('a Snappy block does not unfold into its page');
}
