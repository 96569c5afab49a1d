/*
 * Snappy blocks. A decoder that takes a length for a signed number can be sent round in circles by it, so every length
 * is checked here before it moves anything. Source: format_description.txt of Snappy.
 */

/** Most literals and copies are short, and are moved by steps of so many bytes; the last step may go too far. */
const step = 4;
/** A call costs as much as a loop over so many bytes. */
const shortLiteral = 64;

/** Unfolds a block into exactly `length` bytes. Throws RangeError when it holds anything else. */
export function unfoldSnappy(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length + step - 1);
  const source = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const target = new DataView(output.buffer);
  const end = input.length;
  let from = preamble(input, length);
  let to = 0;
  while (from < end) {
    const tag = input[from++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let literals = tag >> 2;
      if (literals >= 60) {
        const bytes = literals - 59;
        if (bytes > end - from) throw malformed();
        literals = littleEndian(input, from, bytes);
        from += bytes;
      }
      literals++;
      if (literals > end - from || literals > length - to) throw malformed();
      if (literals > shortLiteral || literals + step > end - from) {
        output.set(input.subarray(from, from + literals), to);
      } else {
        for (let i = 0; i < literals; i += step) target.setInt32(to + i, source.getInt32(from + i));
      }
      from += literals;
      to += literals;
      continue;
    }
    const bytes = kind === 3 ? 4 : kind;
    if (bytes > end - from) throw malformed();
    const copied = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const distance = kind === 1 ? ((tag >> 5) << 8) | input[from]! : littleEndian(input, from, bytes);
    from += bytes;
    if (distance === 0 || distance > to || copied > length - to) throw malformed();
    // A copy may reach into what it writes; then it repeats.
    if (distance < step) for (let i = to; i < to + copied; i++) output[i] = output[i - distance]!;
    else for (let i = to; i < to + copied; i += step) target.setInt32(i, target.getInt32(i - distance));
    to += copied;
  }
  if (to !== length) throw malformed();
  return output.subarray(0, length);
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

/** A number of one to four bytes, which are there; never below 0. */
function littleEndian(bytes: Uint8Array, offset: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value |= bytes[offset + i]! << (8 * i);
  return value >>> 0;
}

function malformed(): RangeError {
  return new RangeError('a Snappy block does not unfold into its page');
}
