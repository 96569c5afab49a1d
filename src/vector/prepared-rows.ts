import type { Embeddings } from '../common/embeddings.js';
import type { PreparedDocuments } from './backend.js';
import type { VectorMetric } from './vector-options.js';

/** Euclidean norm in float64; components whose squares under- or overflow there do not exist in float32. */
export function normOf(row: Float32Array): number {
  let squares = 0;
  for (const value of row) squares += value * value;
  return Math.sqrt(squares);
}

/** `from` times `factor`, rounded once, into `to`. */
function scaleInto(from: Float32Array, factor: number, to: Float32Array): void {
  for (let i = 0; i < from.length; i++) to[i] = from[i]! * factor;
}

/** Rows divided by their norm; zero rows stay. */
export function normalized({ data, count, dimension }: Embeddings): { rows: Embeddings; norms: Float64Array } {
  const unit = new Float32Array(data.length);
  const norms = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dimension, (i + 1) * dimension);
    norms[i] = normOf(row);
    if (norms[i]! > 0) scaleInto(row, 1 / norms[i]!, unit.subarray(i * dimension, (i + 1) * dimension));
  }
  return { rows: { data: unit, count, dimension }, norms };
}

/** Documents for a proposer: of norm at most 1, and what their inner products are multiplied by to be comparable. */
export class PreparedRows implements PreparedDocuments {
  readonly count: number;
  readonly dimension: number;
  /** 1 for cosine; for dot one over the largest norm, which every document is multiplied by. */
  readonly factor: number;
  readonly #data: Float32Array;
  readonly #metric: VectorMetric;

  constructor({ data, count, dimension }: Embeddings, metric: VectorMetric) {
    this.count = count;
    this.dimension = dimension;
    this.#data = data;
    this.#metric = metric;
    let largest = 0;
    for (let i = 0; metric === 'dot' && i < count; i++) {
      largest = Math.max(largest, normOf(data.subarray(i * dimension, (i + 1) * dimension)));
    }
    this.factor = largest === 0 ? 1 : 1 / largest;
  }

  async rows(start: number, end: number): Promise<Float32Array> {
    const { dimension } = this;
    const block = this.#data.subarray(start * dimension, end * dimension);
    if (this.#metric === 'cosine') return normalized({ data: block, count: end - start, dimension }).rows.data;
    const scaled = new Float32Array(block.length);
    scaleInto(block, this.factor, scaled);
    return scaled;
  }
}
