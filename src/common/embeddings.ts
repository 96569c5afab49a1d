/** Rows of float32, one per text or document. */
export interface Embeddings {
  /** [count, dimension] row-major; may be a view at any offset. */
  readonly data: Float32Array;
  readonly count: number;
  readonly dimension: number;
}

/** Rows whose components are all 0. */
export function countZeroRows({ data, count, dimension }: Embeddings): number {
  let zeros = 0;
  for (let row = 0; row < count; row++) {
    if (data.subarray(row * dimension, (row + 1) * dimension).every((value) => value === 0)) zeros++;
  }
  return zeros;
}
