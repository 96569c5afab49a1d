#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace {

/// The bits of a nibble are looked up: VPOPCNTDQ is not part of the level.
struct Words {
  static constexpr std::size_t kWidth = 8;
  __m512i v;

  static Words zero() { return {_mm512_setzero_si512()}; }
  static Words broadcast(std::uint64_t word) { return {_mm512_set1_epi64(static_cast<long long>(word))}; }
  static Words load(const std::uint64_t* p) { return {_mm512_loadu_si512(p)}; }
  /// counts + the set bits of each byte of a ^ b.
  static Words add_bit_counts(Words counts, Words a, Words b) {
    const __m512i table = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m512i nibble = _mm512_set1_epi8(0x0f);
    const __m512i x = _mm512_xor_si512(a.v, b.v);
    const __m512i low = _mm512_shuffle_epi8(table, _mm512_and_si512(x, nibble));
    const __m512i high = _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(x, 4), nibble));
    return {_mm512_add_epi8(counts.v, _mm512_add_epi8(low, high))};
  }
  /// sums + the sum of the bytes of each lane.
  static Words add_bytes(Words sums, Words bytes) {
    return {_mm512_add_epi64(sums.v, _mm512_sad_epu8(bytes.v, _mm512_setzero_si512()))};
  }
  void store(std::uint64_t* p) const { _mm512_storeu_si512(p, v); }
};

}  // namespace
