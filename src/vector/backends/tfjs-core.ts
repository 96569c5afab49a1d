/* The little of TensorFlow.js that the backend needs, so that any of its builds can be used. */

export interface TfjsTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed: boolean;
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  dispose(): void;
}

export interface TfjsCore {
  tensor2d(values: Float32Array, shape: [number, number]): TfjsTensor;
  slice(x: TfjsTensor, begin: number[], size: number[]): TfjsTensor;
  clone(x: TfjsTensor): TfjsTensor;
  keep(x: TfjsTensor): TfjsTensor;
  transpose(x: TfjsTensor): TfjsTensor;
  matMul(a: TfjsTensor, b: TfjsTensor): TfjsTensor;
  mul(a: TfjsTensor, b: TfjsTensor): TfjsTensor;
  square(x: TfjsTensor): TfjsTensor;
  abs(x: TfjsTensor): TfjsTensor;
  sum(x: TfjsTensor, axis: number): TfjsTensor;
  max(x: TfjsTensor, axis: number): TfjsTensor;
  topk(x: TfjsTensor, k: number, sorted: boolean): { values: TfjsTensor; indices: TfjsTensor };
  tidy<T>(make: () => T): T;
  memory(): { numTensors: number };
  getBackend(): string;
  setBackend(name: string): Promise<boolean>;
  findBackend(name: string): unknown;
}
