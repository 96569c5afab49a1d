import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CompressionCodec, Compressors } from 'hyparquet';
import { decompressZstd } from 'hyparquet-compressors';
import { unfoldHadoopLz4, unfoldLz4 } from './lz4.js';
import { unfoldSnappy } from './snappy.js';
import { checkZstd } from './zstd-guard.js';

/** Longest page, in bytes after decompression. Writers aim at 1 MiB, but Arrow fits in 1024 values first. */
export const maximumPageBytes = 1 << 30;

/** No byte of a compressed page unfolds into more; what announces more is refused before memory is asked for. */
const maximumExpansion: Partial<Record<CompressionCodec, number>> = { SNAPPY: 32, LZ4: 256, LZ4_RAW: 256, GZIP: 1040 };

/**
 * Decompressors bounded by the length that the page header announces, in memory and in time, so that a small page
 * cannot unfold into gigabytes.
 */
const decompressors: Compressors = {
  SNAPPY: unfoldSnappy,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(length, 1) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(length, 1) }),
  ZSTD(input, length) {
    checkZstd(input, length);
    return decompressZstd(input, new Uint8Array(length));
  },
  LZ4: unfoldHadoopLz4,
  LZ4_RAW: unfoldLz4,
};

/** Throws RangeError or the decompressor's own error when `input` is not a page of `length` bytes. */
export function decompress(codec: CompressionCodec, input: Uint8Array, length: number): Uint8Array {
  if (codec !== 'UNCOMPRESSED' && !(codec in decompressors)) {
    throw new RangeError(`compression ${codec} is not supported`);
  }
  const expansion = maximumExpansion[codec];
  if (expansion !== undefined && length > expansion * (input.length + 1)) {
    throw new RangeError(`page of ${input.length} bytes cannot unfold into ${length}`);
  }
  const page = codec === 'UNCOMPRESSED' ? input : decompressors[codec]?.(input, length);
  if (page?.length !== length) throw new RangeError(`page of ${page?.length} bytes where ${length} are announced`);
  return page;
}

/** Pages that are kept are few, and together hold no more than the largest page may. */
const keptPages = 3;
const keptBytes = 1 << 25;

/**
 * The same for hyparquet, which unfolds a dictionary, and the page where a batch ended, again for every batch: the
 * pages used last are kept. Pages are known by their place in a chunk's buffer.
 */
export function keepingCodecs(): Compressors {
  const kept: { input: Uint8Array; page: Uint8Array }[] = [];
  const unfold = (codec: CompressionCodec, input: Uint8Array, length: number): Uint8Array => {
    const at = kept.findIndex(
      ({ input: { buffer, byteOffset }, page }) =>
        buffer === input.buffer && byteOffset === input.byteOffset && page.length === length,
    );
    const entry = at < 0 ? { input, page: decompress(codec, input, length) } : kept.splice(at, 1)[0]!;
    kept.push(entry);
    let bytes = kept.reduce((sum, { page }) => sum + page.length, 0);
    while (kept.length > 1 && (bytes > maximumPageBytes || (bytes > keptBytes && kept.length > keptPages))) {
      bytes -= kept.shift()!.page.length;
    }
    return entry.page;
  };
  const codecs = Object.keys(decompressors) as CompressionCodec[];
  return Object.fromEntries(
    codecs.map((codec) => [codec, (input: Uint8Array, length: number) => unfold(codec, input, length)]),
  );
}
