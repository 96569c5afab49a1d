/** Unit roundoff of float32. */
const U = 2 ** -24;

/*
 * A GPU since Ampere multiplies float32 as TF32, which keeps 10 bits of each factor's mantissa (here taken as cut off
 * rather than rounded), and adds up with fewer spare bits than IEEE asks for.
 */
const TF32_INPUT = 2 ** -10;
const TF32_SUM = 2 ** -22;

/**
 * Bounds the error of an inner product of vectors of norm at most 1, in any order of summation and with or without fused
 * multiply-add (Higham 2002, section 3.1). `divided`: the product was multiplied by a rounded reciprocal norm. On a GPU
 * the environment variable NVIDIA_TF32_OVERRIDE=0 has float32 done in full, and the bound is tighter.
 */
export function productErrorBound(dimension: number, gpu: boolean, divided = false): number {
  // Squares, their sum and the root lose half of what a product loses; the reciprocal and the product two more.
  const roundings = (divided ? Math.ceil(1.5 * dimension) + 8 : dimension) + 8;
  if (!gpu || process.env.NVIDIA_TF32_OVERRIDE === '0') return gamma(roundings, U);
  const inputs = (1 + TF32_INPUT) ** 2 - 1;
  return inputs + (1 + inputs) * gamma(roundings, TF32_SUM);
}

function gamma(roundings: number, unit: number): number {
  return (roundings * unit) / (1 - roundings * unit);
}
