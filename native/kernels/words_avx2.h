#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace {

/// The bits of a nibble are looked up: there is no instruction that counts them.
struct Words {
  static constexpr std::size_t kWidth = 4;
  __m256i v;

  static Words zero() { return {_mm256_setzero_si256()}; }
  static Words broadcast(std::uint64_t word) { return {_mm256_set1_epi64x(static_cast<long long>(word))}; }
  static Words load(const std::uint64_t* p) { return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))}; }
  /// counts + the set bits of each byte of a ^ b.
  static Words add_bit_counts(Words counts, Words a, Words b) {
    const __m256i table = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m256i nibble = _mm256_set1_epi8(0x0f);
    const __m256i x = _mm256_xor_si256(a.v, b.v);
    const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(x, nibble));
    const __m256i high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble));
    return {_mm256_add_epi8(counts.v, _mm256_add_epi8(low, high))};
  }
  /// sums + the sum of the bytes of each lane.
  static Words add_bytes(Words sums, Words bytes) {
    return {_mm256_add_epi64(sums.v, _mm256_sad_epu8(bytes.v, _mm256_setzero_si256()))};
  }
  void store(std::uint64_t* p) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
};

}  // namespace
