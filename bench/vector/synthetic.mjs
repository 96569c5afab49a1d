/* Embeddings drawn at random: [count, dimension] float32, every row of length 1. */

/** Every direction alike: the worst case for codes, and unlike any encoder's. */
export function gaussian(random, count, dimension) {
  const normal = normals(random);
  const rows = new Float32Array(count * dimension);
  for (let i = 0; i < rows.length; i++) rows[i] = normal();
  return normalize(rows, dimension);
}

const CLUSTERS = 1_000;
/** Shares of a row's squared length before it is normalized. */
const OF_MEAN = 0.5;
const OF_CLUSTER = 0.25;

/**
 * What encoders' embeddings have in common: they lie around a mean (two rows have a cosine of a half on average), a few
 * dimensions vary much more than others (variances fall with the square root of their rank), and rows come in clusters.
 */
export function clustered(random, count, dimension) {
  const normal = normals(random);
  const deviations = Float64Array.from({ length: dimension }, (_, i) => (i + 1) ** -0.25);
  const variance = deviations.reduce((sum, deviation) => sum + deviation ** 2, 0);
  const draw = (share, deviation) => Math.sqrt(share / variance) * deviation * normal();
  const mean = Float64Array.from(deviations, () => Math.sqrt(OF_MEAN / dimension) * normal());
  const centers = Float64Array.from({ length: CLUSTERS * dimension }, (_, i) => {
    return mean[i % dimension] + draw(OF_CLUSTER, deviations[i % dimension]);
  });
  const rows = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    const center = Math.floor(random() * CLUSTERS) * dimension;
    for (let i = 0; i < dimension; i++) {
      rows[row * dimension + i] = centers[center + i] + draw(1 - OF_MEAN - OF_CLUSTER, deviations[i]);
    }
  }
  return normalize(rows, dimension);
}

/** Box and Muller's transform, both of its values. */
function normals(random) {
  let kept;
  return () => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function normalize(rows, dimension) {
  for (let start = 0; start < rows.length; start += dimension) {
    let squares = 0;
    for (let i = start; i < start + dimension; i++) squares += rows[i] * rows[i];
    const factor = 1 / Math.sqrt(squares);
    for (let i = start; i < start + dimension; i++) rows[i] *= factor;
  }
  return rows;
}
