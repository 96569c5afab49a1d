// Included by collect_at_least_<isa>.cc after lanes_<isa>.h.

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

namespace {

/// Position of the lowest set bit; `bits` is not 0. std::countr_zero would be a template with external linkage.
inline std::uint32_t lowest_bit(std::uint32_t bits) {
#if defined(_MSC_VER) && !defined(__clang__)
  unsigned long position;
  _BitScanForward(&position, bits);
  return position;
#else
  return static_cast<std::uint32_t>(__builtin_ctz(bits));
#endif
}

inline std::size_t collect_at_least(const float* scores, std::size_t count, float threshold, std::uint32_t base,
                                    std::uint32_t* out) {
  std::size_t found = 0;
  std::size_t i = 0;
  for (; i + F32::kWidth <= count; i += F32::kWidth) {
    for (std::uint32_t bits = not_below(scores + i, threshold); bits != 0; bits &= bits - 1) {
      out[found++] = base + static_cast<std::uint32_t>(i) + lowest_bit(bits);
    }
  }
  for (; i < count; ++i) {
    if (!(scores[i] < threshold)) out[found++] = base + static_cast<std::uint32_t>(i);
  }
  return found;
}

}  // namespace
