/** Rows of float32, one per text or document. */
export interface Embeddings {
  /** [count, dimension] row-major; may be a view at any offset. */
  readonly data: Float32Array;
  readonly count: number;
  readonly dimension: number;
}
