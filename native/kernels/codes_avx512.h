#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

// 12 queries by 32 documents: 24 sums and 2 operands; the query is broadcast from memory.
constexpr std::size_t kCodeQueries = 12;
constexpr std::size_t kCodePanels = 2;

struct CodeBytes {
  __m512i v;
  static CodeBytes load(const std::uint8_t* p) { return {_mm512_loadu_si512(p)}; }
  static CodeBytes broadcast(const std::int8_t* p) {
    std::int32_t word;
    std::memcpy(&word, p, sizeof word);
    return {_mm512_set1_epi32(word)};
  }
};

/// 16 sums. Without VNNI, pairs of products are added in 16 bits with saturation, which those within kPairLimit do
/// not reach.
struct CodeSums {
  static constexpr std::size_t kWidth = 16;
  __m512i v;

  static CodeSums all(std::int32_t x) { return {_mm512_set1_epi32(x)}; }
  void store(std::int32_t* p) const { _mm512_storeu_si512(p, v); }
};

inline CodeSums add_products(CodeSums sums, CodeBytes documents, CodeBytes query) {
#if defined(__AVX512VNNI__)
  return {_mm512_dpbusd_epi32(sums.v, documents.v, query.v)};
#else
  const __m512i pairs = _mm512_maddubs_epi16(documents.v, query.v);
  return {_mm512_add_epi32(sums.v, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))};
#endif
}

}  // namespace
