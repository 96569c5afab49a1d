// Included by group_maxima_<isa>.cc after lanes_<isa>.h.

namespace {

inline void group_maxima(const float* scores, std::size_t count, float* maxima) {
  constexpr std::size_t kColumns = 16;
  constexpr std::size_t kRows = 16;
  for (std::size_t base = 0; base < count; base += kRows * kColumns) {
    for (std::size_t column = 0; column < kColumns; column += F32::kWidth) {
      const float* top = scores + base + column;
      F32 largest = F32::load(top);
      for (std::size_t row = 1; row < kRows; ++row) largest = F32::max(largest, F32::load(top + row * kColumns));
      largest.store(maxima + base / kRows + column);
    }
  }
}

}  // namespace
