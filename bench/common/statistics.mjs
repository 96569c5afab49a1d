/** The value below which a share `q` of the values lies, interpolated between neighbours. */
export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.ceil(at);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

export const median = (values) => quantile(values, 0.5);

/** `0.0412 ±2%`: the median, and half the distance between the quartiles as a share of it. */
export function withSpread(values, format = threeDigits) {
  const middle = median(values);
  if (values.length === 1) return format(middle);
  const spread = (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / middle;
  return `${format(middle)} ±${Math.round(100 * spread)}%`;
}

/** At least three digits that count, without an exponent. */
export function threeDigits(value) {
  if (value === 0) return '0';
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}
