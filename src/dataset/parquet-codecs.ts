import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CompressionCodec, Compressors } from 'hyparquet';
import { compressors, decompressZstd } from 'hyparquet-compressors';

/** Longest page, in bytes after decompression. Writers aim at 1 MiB, but Arrow fits in 1024 values first. */
export const maximumPageBytes = 1 << 30;

/**
 * hyparquet's decompressors, each bounded by the length that the page header announces, so that a small page cannot
 * unfold into gigabytes.
 */
export const codecs: Compressors = {
  ...compressors,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(length, 1) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(length, 1) }),
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
};

/** Throws RangeError or the decompressor's own error when `input` is not a page of `length` bytes. */
export function decompress(codec: CompressionCodec, input: Uint8Array, length: number): Uint8Array {
  if (codec !== 'UNCOMPRESSED' && !(codec in codecs)) throw new RangeError(`compression ${codec} is not supported`);
  const page = codec === 'UNCOMPRESSED' ? input : codecs[codec]?.(input, length);
  if (page?.length !== length) throw new RangeError(`page of ${page?.length} bytes where ${length} are announced`);
  return page;
}
