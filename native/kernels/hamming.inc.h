// Included by hamming_<isa>.cc after words_<isa>.h, whose `Words` are a register of 64-bit lanes, one document a lane.

namespace {

/// Bits are counted in bytes, which hold the counts of 31 words, and then summed into the lanes.
inline void hamming(const std::uint64_t* queries, std::size_t query_count, const std::uint64_t* documents,
                    std::size_t panel_count, std::size_t words, float* tile, std::size_t tile_stride) {
  constexpr std::size_t kDocuments = 8;
  constexpr std::size_t kParts = kDocuments / Words::kWidth;
  constexpr std::size_t kWordsPerByte = 31;
  for (std::size_t panel = 0; panel < panel_count; ++panel) {
    const std::uint64_t* rows = documents + panel * words * kDocuments;
    for (std::size_t q = 0; q < query_count; ++q) {
      const std::uint64_t* query = queries + q * words;
      Words sums[kParts];
      for (std::size_t p = 0; p < kParts; ++p) sums[p] = Words::zero();
      for (std::size_t begin = 0; begin < words; begin += kWordsPerByte) {
        const std::size_t end = words - begin < kWordsPerByte ? words : begin + kWordsPerByte;
        Words counts[kParts];
        for (std::size_t p = 0; p < kParts; ++p) counts[p] = Words::zero();
        for (std::size_t w = begin; w < end; ++w) {
          const Words bits = Words::broadcast(query[w]);
          for (std::size_t p = 0; p < kParts; ++p) {
            const Words other = Words::load(rows + w * kDocuments + p * Words::kWidth);
            counts[p] = Words::add_bit_counts(counts[p], bits, other);
          }
        }
        for (std::size_t p = 0; p < kParts; ++p) sums[p] = Words::add_bytes(sums[p], counts[p]);
      }
      std::uint64_t distances[kDocuments];
      for (std::size_t p = 0; p < kParts; ++p) sums[p].store(distances + p * Words::kWidth);
      float* scores = tile + q * tile_stride + panel * kDocuments;
      for (std::size_t d = 0; d < kDocuments; ++d)
        scores[d] = 0.0f - static_cast<float>(static_cast<std::int32_t>(distances[d]));
    }
  }
}

}  // namespace
