// Included by collect_at_least_<isa>.cc after lanes_<isa>.h.

namespace {

inline std::size_t collect_at_least(const float* scores, std::size_t count, float threshold, std::uint32_t base,
                                    std::uint32_t* out) {
  constexpr std::size_t kTogether = 4;
  std::size_t found = 0;
  std::size_t i = 0;
  for (; i + kTogether * F32::kWidth <= count; i += kTogether * F32::kWidth) {
    std::uint32_t bits[kTogether];
    std::uint32_t any = 0;
    for (std::size_t j = 0; j < kTogether; ++j) {
      bits[j] = not_below(scores + i + j * F32::kWidth, threshold);
      any |= bits[j];
    }
    if (any == 0) continue;
    for (std::size_t j = 0; j < kTogether; ++j) {
      found += store_positions(bits[j], base + static_cast<std::uint32_t>(i + j * F32::kWidth), out + found);
    }
  }
  for (; i < count; ++i) {
    if (!(scores[i] < threshold)) out[found++] = base + static_cast<std::uint32_t>(i);
  }
  return found;
}

}  // namespace
