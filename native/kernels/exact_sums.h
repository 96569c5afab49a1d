#pragma once

// Included by dot_exact.inc.h and squared_norm.inc.h, after lanes_<isa>.h: how a sum is defined that has the same bits
// on every instruction set.

namespace {

constexpr std::size_t kExactLanes = 16;
constexpr std::size_t kExactParts = kExactLanes / F64::kWidth;

/// The fixed tree: lane j takes lane j + half, for half = 8, 4, 2, 1.
inline double tree_sum(F64* sums) {
  for (std::size_t half = kExactParts / 2; half > 0; half /= 2) {
    for (std::size_t p = 0; p < half; ++p) sums[p] = F64::add(sums[p], sums[p + half]);
  }
  return halving_sum(sums[0]);
}

/// Calls `step(load)` for every 16 components: `load(row, p)` widens part p of them, with zeros past the end of the
/// row, which change no sum.
template <typename Step>
inline void in_exact_steps(std::size_t dimension, Step step) {
  std::size_t i = 0;
  for (; i + kExactLanes <= dimension; i += kExactLanes) {
    step([i](const float* row, std::size_t p) { return F64::load_f32(row + i + p * F64::kWidth); });
  }
  if (i == dimension) return;
  step([i, dimension](const float* row, std::size_t p) {
    float padded[F64::kWidth] = {};
    for (std::size_t j = 0, at = i + p * F64::kWidth; j < F64::kWidth && at + j < dimension; ++j)
      padded[j] = row[at + j];
    return F64::load_f32(padded);
  });
}

}  // namespace
