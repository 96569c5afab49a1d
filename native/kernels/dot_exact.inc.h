// Included by dot_exact_<isa>.cc after lanes_<isa>.h.

namespace {

/// Component i goes to lane i mod 16. Products are exact, so fused and unfused multiply-add round alike; adding the
/// zeros that pad the last step changes no sum.
inline double dot_exact(const float* a, const float* b, std::size_t dimension) {
  constexpr std::size_t kLanes = 16;
  constexpr std::size_t kParts = kLanes / F64::kWidth;
  F64 sums[kParts];
  for (std::size_t p = 0; p < kParts; ++p) sums[p] = F64::zero();
  const auto accumulate = [&sums](const float* x, const float* y) {
    for (std::size_t p = 0; p < kParts; ++p) {
      sums[p] = F64::multiply_add(F64::load_f32(x + p * F64::kWidth), F64::load_f32(y + p * F64::kWidth), sums[p]);
    }
  };
  std::size_t i = 0;
  for (; i + kLanes <= dimension; i += kLanes) accumulate(a + i, b + i);
  if (i < dimension) {
    float padded_a[kLanes] = {};
    float padded_b[kLanes] = {};
    for (std::size_t j = 0; i + j < dimension; ++j) {
      padded_a[j] = a[i + j];
      padded_b[j] = b[i + j];
    }
    accumulate(padded_a, padded_b);
  }
  double lanes[kLanes];
  for (std::size_t p = 0; p < kParts; ++p) sums[p].store(lanes + p * F64::kWidth);
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t j = 0; j < half; ++j) lanes[j] += lanes[j + half];
  }
  return lanes[0];
}

}  // namespace
