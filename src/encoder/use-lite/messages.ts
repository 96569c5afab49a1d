import type { TokenBatch } from './plan.js';

/** What a lane asks its worker; the answer carries the same number. */
export type Request =
  | { readonly number: number; readonly tokenize: readonly string[] }
  | { readonly number: number; readonly run: TokenBatch };

/** Number 0 is the worker's own: its value is the lane's id, said when the model is loaded. */
export type Answer =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly error: { readonly message: string; readonly isInput: boolean } };
