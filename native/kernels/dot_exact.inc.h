// Included by dot_exact_<isa>.cc after lanes_<isa>.h.

#include "exact_sums.h"

namespace {

/// N rows together, so that the other is widened once for all. Products are exact, so fused and unfused
/// multiply-add round alike.
template <std::size_t N>
inline void dot_exact_few(const float* row, const float* rows, std::size_t dimension, const std::uint32_t* listed,
                          double* dots) {
  const float* each[N];
  F64 sums[N][kExactParts];
  for (std::size_t d = 0; d < N; ++d) {
    each[d] = rows + std::size_t{listed[d]} * dimension;
    for (F64& sum : sums[d]) sum = F64::zero();
  }
  in_exact_steps(dimension, [&](auto load) {
    for (std::size_t p = 0; p < kExactParts; ++p) {
      const F64 part = load(row, p);
      for (std::size_t d = 0; d < N; ++d) sums[d][p] = F64::multiply_add(part, load(each[d], p), sums[d][p]);
    }
  });
  for (std::size_t d = 0; d < N; ++d) dots[d] = tree_sum(sums[d]);
}

template <std::size_t N>
inline void dot_exact_rest(const float* row, const float* rows, std::size_t dimension, const std::uint32_t* listed,
                           std::size_t count, double* dots) {
  if (count == N) return dot_exact_few<N>(row, rows, dimension, listed, dots);
  if constexpr (N > 1) dot_exact_rest<N - 1>(row, rows, dimension, listed, count, dots);
}

inline void dot_exact(const float* row, const float* rows, std::size_t dimension, const std::uint32_t* listed,
                      std::size_t count, double* dots) {
  constexpr std::size_t kTogether = F64::kRows;
  for (; count > kTogether; count -= kTogether, listed += kTogether, dots += kTogether) {
    dot_exact_few<kTogether>(row, rows, dimension, listed, dots);
  }
  dot_exact_rest<kTogether>(row, rows, dimension, listed, count, dots);
}

}  // namespace
