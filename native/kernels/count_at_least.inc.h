// Included by count_at_least_<isa>.cc after lanes_<isa>.h.

namespace {

inline std::size_t count_at_least(const float* values, std::size_t count, float threshold) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; i += F32::kWidth) {
    found += count_bits(not_below(values + i, threshold));
  }
  return found;
}

}  // namespace
