#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

// 4 queries by 16 documents in two registers each: 8 sums, 3 operands.
constexpr std::size_t kCodeQueries = 4;
constexpr std::size_t kCodePanels = 1;

struct CodeBytes {
  __m256i v;
  static CodeBytes load(const std::uint8_t* p) { return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))}; }
  static CodeBytes broadcast(const std::int8_t* p) {
    std::int32_t word;
    std::memcpy(&word, p, sizeof word);
    return {_mm256_set1_epi32(word)};
  }
};

/// 8 sums. Pairs of products are added in 16 bits with saturation, which those within kPairLimit do not
/// reach.
struct CodeSums {
  static constexpr std::size_t kWidth = 8;
  __m256i v;

  static CodeSums all(std::int32_t x) { return {_mm256_set1_epi32(x)}; }
  void store(std::int32_t* p) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
};

inline CodeSums add_products(CodeSums sums, CodeBytes documents, CodeBytes query) {
#if defined(__AVXVNNI__)
  return {_mm256_dpbusd_avx_epi32(sums.v, documents.v, query.v)};
#else
  const __m256i pairs = _mm256_maddubs_epi16(documents.v, query.v);
  return {_mm256_add_epi32(sums.v, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))};
#endif
}

}  // namespace
