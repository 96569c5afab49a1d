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

/** How a page is had unfolded; throws as `decompress` does. */
export type Unfold = typeof decompress;

/** Unfolded pages that are kept are few, and together hold no more than the largest page may. */
const keptPages = 3;
const keptBytes = 1 << 25;

/**
 * The pages of a row group, unfolded: those that were checked first wait there for hyparquet, which unfolds a
 * dictionary, and the page where a batch ended, again for every batch. Pages are known by their place in a chunk's
 * buffer, and those used last are kept.
 */
export class UnfoldedPages {
  readonly #pages = new Map<string, Uint8Array>();
  readonly #chunks = new Map<ArrayBufferLike, number>();
  #bytes = 0;

  /** For a page that is to be checked; it is kept while there is room, for the first are needed first. */
  readonly check: Unfold = (codec, input, length) => {
    const page = decompress(codec, input, length);
    if (codec !== 'UNCOMPRESSED' && this.#bytes + length <= keptBytes) this.#keep(this.#keyOf(input), page);
    return page;
  };

  /** For hyparquet. */
  readonly compressors: Compressors = Object.fromEntries(
    (Object.keys(decompressors) as CompressionCodec[]).map((codec) => [
      codec,
      (input: Uint8Array, length: number) => this.#unfold(codec, input, length),
    ]),
  );

  #unfold(codec: CompressionCodec, input: Uint8Array, length: number): Uint8Array {
    const key = this.#keyOf(input);
    const known = this.#pages.get(key);
    const page = known?.length === length ? known : decompress(codec, input, length);
    if (known !== undefined) this.#forget(key, known);
    this.#keep(key, page);
    for (const [oldest, oldestPage] of this.#pages) {
      const tooMany = this.#bytes > keptBytes && this.#pages.size > keptPages;
      if (this.#pages.size === 1 || !(tooMany || this.#bytes > maximumPageBytes)) break;
      this.#forget(oldest, oldestPage);
    }
    return page;
  }

  #keep(key: string, page: Uint8Array): void {
    this.#pages.set(key, page);
    this.#bytes += page.length;
  }

  #forget(key: string, page: Uint8Array): void {
    this.#pages.delete(key);
    this.#bytes -= page.length;
  }

  #keyOf({ buffer, byteOffset }: Uint8Array): string {
    const chunk = this.#chunks.get(buffer) ?? this.#chunks.size;
    this.#chunks.set(buffer, chunk);
    return `${chunk}:${byteOffset}`;
  }
}
