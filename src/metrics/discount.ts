let table = new Float64Array(0);

/** Rank discounts of DCG: entry i is log2(i + 2), the discount at rank i + 1. At least `length` entries. */
export function discounts(length: number): Float64Array {
  if (table.length < length) {
    table = Float64Array.from({ length: Math.max(128, length, 2 * table.length) }, (_, i) => Math.log2(i + 2));
  }
  return table;
}
