/**
 * A number with `digits` decimals as C's printf gives it: an exact half goes to the even digit (0.03125 is 0.0312),
 * where toFixed rounds it up.
 */
export function toFixedHalfEven(value: number, digits: number): string {
  // value * 10^digits ends in exactly one half only if value is an odd multiple of 2^-(digits + 1).
  const halves = value * 2 ** (digits + 1);
  if (!Number.isInteger(halves) || halves % 2 === 0) return value.toFixed(digits);
  const below = Math.floor((halves * 5 ** digits) / 2);
  const even = below % 2 === 0 ? below : below + 1;
  return (even / 10 ** digits).toFixed(digits);
}
