import type { PreparedDocuments } from '../backend.js';

const CHUNK_BYTES = 64 * 2 ** 20;

/** All documents, in order, in chunks of at most `bytes` (or one row). */
export async function* rowsInChunks(
  documents: PreparedDocuments,
  signal: AbortSignal | undefined,
  bytes = CHUNK_BYTES,
): AsyncGenerator<{ rows: Float32Array; start: number; count: number }> {
  const size = Math.max(1, Math.floor(bytes / (documents.dimension * Float32Array.BYTES_PER_ELEMENT)));
  for (let start = 0; start < documents.count; start += size) {
    signal?.throwIfAborted();
    const end = Math.min(start + size, documents.count);
    yield { rows: await documents.rows(start, end), start, count: end - start };
  }
}

/**
 * Bounds the error of a float32 dot product of vectors of norm at most 1, whatever the order of the sum and whether
 * products are fused into it: n u / (1 - n u), Higham 3.1. Eight terms more than the dimension cover lanes filled up
 * with zeros.
 */
export function dotErrorBound(dimension: number): number {
  const nu = (dimension + 8) * 2 ** -24;
  return nu / (1 - nu);
}
