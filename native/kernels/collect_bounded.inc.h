// Included by collect_bounded_<isa>.cc after lanes_<isa>.h.

namespace {

inline std::size_t collect_bounded(const std::int32_t* sums, const float* scale, const float* residual,
                                   const float* norm, std::size_t count, float query_scale, float by_residual,
                                   float by_norm, float threshold, std::uint32_t* out) {
  constexpr std::size_t kTogether = 16;
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; i += kTogether) {
    float upper[kTogether];
    for (std::size_t j = 0; j < kTogether; ++j) {
      upper[j] = static_cast<float>(sums[i + j]) * (scale[i + j] * query_scale) +
                 (residual[i + j] * by_residual + norm[i + j] * by_norm);
    }
    for (std::size_t j = 0; j < kTogether; j += F32::kWidth) {
      found += store_positions(not_below(upper + j, threshold), static_cast<std::uint32_t>(i + j), out + found);
    }
  }
  return found;
}

}  // namespace
