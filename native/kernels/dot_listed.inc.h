// Included by dot_listed_<isa>.cc after lanes_<isa>.h.

namespace {

/// N rows together, so that a vector of the other is loaded once for all; fewer than four have their sums in
/// `Parts` pieces each, so that no sum waits for the last.
template <std::size_t N, std::size_t Parts>
inline void dot_few(const float* row, const float* rows, std::size_t dimension, const std::uint32_t* listed,
                    float* dots) {
  const float* each[N];
  F32 sums[N * Parts];
  for (std::size_t d = 0; d < N; ++d) each[d] = rows + std::size_t{listed[d]} * dimension;
  for (F32& sum : sums) sum = F32::zero();
  std::size_t i = 0;
  for (; i + Parts * F32::kWidth <= dimension; i += Parts * F32::kWidth) {
    for (std::size_t p = 0; p < Parts; ++p) {
      const std::size_t at = i + p * F32::kWidth;
      const F32 part = F32::load(row + at);
      for (std::size_t d = 0; d < N; ++d) {
        sums[d * Parts + p] = F32::multiply_add(part, F32::load(each[d] + at), sums[d * Parts + p]);
      }
    }
  }
  for (; i < dimension; i += F32::kWidth) {
    const std::size_t rest = dimension - i;
    const auto load = [i, rest](const float* from) {
      return rest < F32::kWidth ? F32::load_partial(from + i, rest) : F32::load(from + i);
    };
    const F32 part = load(row);
    for (std::size_t d = 0; d < N; ++d) sums[d * Parts] = F32::multiply_add(part, load(each[d]), sums[d * Parts]);
  }
  for (std::size_t d = 0; d < N; ++d) {
    float total = 0;
    for (std::size_t p = 0; p < Parts; ++p) total += sum(sums[d * Parts + p]);
    dots[d] = total;
  }
}

inline void dot_listed(const float* row, const float* rows, std::size_t dimension, const std::uint32_t* listed,
                       std::size_t count, float* dots) {
  for (; count >= 4; count -= 4, listed += 4, dots += 4) dot_few<4, 1>(row, rows, dimension, listed, dots);
  if (count == 3) dot_few<3, 2>(row, rows, dimension, listed, dots);
  if (count == 2) dot_few<2, 2>(row, rows, dimension, listed, dots);
  if (count == 1) dot_few<1, 4>(row, rows, dimension, listed, dots);
}

}  // namespace
