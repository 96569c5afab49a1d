// Included by dot_listed_<isa>.cc after lanes_<isa>.h.

namespace {

/// N documents together, so that a vector of the query is loaded once for all; fewer than four have their sums in
/// `Parts` pieces each, so that no sum waits for the last.
template <std::size_t N, std::size_t Parts>
inline void dot_few(const float* query, const float* documents, std::size_t dimension, const std::uint32_t* listed,
                    const float* scale, float* scores) {
  const float* rows[N];
  F32 sums[N * Parts];
  for (std::size_t d = 0; d < N; ++d) rows[d] = documents + std::size_t{listed[d]} * dimension;
  for (F32& sum : sums) sum = F32::zero();
  std::size_t i = 0;
  for (; i + Parts * F32::kWidth <= dimension; i += Parts * F32::kWidth) {
    for (std::size_t p = 0; p < Parts; ++p) {
      const std::size_t at = i + p * F32::kWidth;
      const F32 part = F32::load(query + at);
      for (std::size_t d = 0; d < N; ++d) {
        sums[d * Parts + p] = F32::multiply_add(part, F32::load(rows[d] + at), sums[d * Parts + p]);
      }
    }
  }
  for (; i < dimension; i += F32::kWidth) {
    const std::size_t rest = dimension - i;
    const auto load = [i, rest](const float* row) {
      return rest < F32::kWidth ? F32::load_partial(row + i, rest) : F32::load(row + i);
    };
    const F32 part = load(query);
    for (std::size_t d = 0; d < N; ++d) sums[d * Parts] = F32::multiply_add(part, load(rows[d]), sums[d * Parts]);
  }
  for (std::size_t d = 0; d < N; ++d) {
    float total = 0;
    for (std::size_t p = 0; p < Parts; ++p) total += sum(sums[d * Parts + p]);
    scores[d] = total * scale[listed[d]];
  }
}

inline void dot_listed(const float* query, const float* documents, std::size_t dimension, const std::uint32_t* listed,
                       std::size_t count, const float* scale, float* scores) {
  for (; count >= 4; count -= 4, listed += 4, scores += 4) {
    dot_few<4, 1>(query, documents, dimension, listed, scale, scores);
  }
  if (count == 3) dot_few<3, 2>(query, documents, dimension, listed, scale, scores);
  if (count == 2) dot_few<2, 2>(query, documents, dimension, listed, scale, scores);
  if (count == 1) dot_few<1, 4>(query, documents, dimension, listed, scale, scores);
}

}  // namespace
