/*
 * LZ4 blocks, and the two frames that Parquet knows: none (LZ4_RAW), and Hadoop's, whose blocks have two lengths in
 * front (LZ4). Sources: lz4_Block_format.md of LZ4; Compression.md of Apache Parquet.
 */

/** Unfolds one block into exactly `length` bytes. Throws RangeError when it holds anything else. */
export function unfoldLz4(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  unfoldBlock(input, output);
  return output;
}

/** The same for Hadoop's blocks; what is not framed so is taken as a plain block, as other readers do. */
export function unfoldHadoopLz4(input: Uint8Array, length: number): Uint8Array {
  const blocks = hadoopBlocks(input, length);
  if (blocks === undefined) return unfoldLz4(input, length);
  const output = new Uint8Array(length);
  let start = 0;
  for (const { block, unfolded } of blocks) {
    unfoldBlock(block, output.subarray(start, start + unfolded));
    start += unfolded;
  }
  return output;
}

interface HadoopBlock {
  readonly block: Uint8Array;
  readonly unfolded: number;
}

/** Undefined unless the lengths add up to all of the input and to `length` bytes. */
function hadoopBlocks(input: Uint8Array, length: number): HadoopBlock[] | undefined {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const blocks: HadoopBlock[] = [];
  let offset = 0;
  let total = 0;
  while (offset < input.length) {
    if (offset + 8 > input.length) return undefined;
    const unfolded = view.getUint32(offset);
    const end = offset + 8 + view.getUint32(offset + 4);
    total += unfolded;
    if (end > input.length || total > length) return undefined;
    blocks.push({ block: input.subarray(offset + 8, end), unfolded });
    offset = end;
  }
  return total === length ? blocks : undefined;
}

function unfoldBlock(input: Uint8Array, output: Uint8Array): void {
  let from = 0;
  let to = 0;
  const longer = (length: number) => {
    if (length !== 15) return length;
    for (let byte = 255; byte === 255; length += byte) {
      byte = input[from++] ?? Number.NaN;
    }
    return length;
  };
  while (from < input.length) {
    const token = input[from++]!;
    const literals = longer(token >> 4);
    if (!(literals <= input.length - from && literals <= output.length - to)) throw malformed();
    output.set(input.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    // The last sequence has literals only.
    if (from === input.length) break;
    const distance = input[from]! | ((input[from + 1] ?? 0) << 8);
    from += 2;
    const matched = longer(token & 15) + 4;
    if (distance === 0 || distance > to || !(matched <= output.length - to)) throw malformed();
    // A match may reach into what it writes; then it repeats.
    for (let done = 0; done < matched; ) {
      const part = Math.min(distance + done, matched - done);
      output.copyWithin(to + done, to - distance, to - distance + part);
      done += part;
    }
    to += matched;
  }
  if (to !== output.length) throw malformed();
}

function malformed(): RangeError {
  return new RangeError('an LZ4 block does not unfold into its page');
}
