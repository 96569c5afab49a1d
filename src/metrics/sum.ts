import type { Protocol } from './protocol.js';

/** Adds up numbers, in their order. */
export type Sum = (values: readonly number[]) => number;

/** One rounding after each addition, as trec_eval adds. */
function plainSum(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/**
 * As Python's `sum` adds since 3.12, which HAKARI-Bench needs: what each addition rounds off is added up apart
 * (Neumaier, ZAMM 54, 1974).
 */
function compensatedSum(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** How each protocol adds the values of single queries. */
export const SUMS: Readonly<Record<Protocol, Sum>> = { hakari: compensatedSum, trec: plainSum };
