#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "bits.h"
#include "transpose_sse.h"

namespace {

/// 16 float32; 8 x 3 sums, 3 + 1 operands: 28 of 32 registers.
struct F32 {
  static constexpr std::size_t kWidth = 16;
  static constexpr std::size_t kTileRows = 8;
  static constexpr std::size_t kTileRegisters = 3;
  __m512 v;

  static F32 zero() { return {_mm512_setzero_ps()}; }
  static F32 all(float x) { return {_mm512_set1_ps(x)}; }
  static F32 of(const std::int32_t* p) { return {_mm512_cvtepi32_ps(_mm512_loadu_si512(p))}; }
  static F32 load(const float* p) { return {_mm512_loadu_ps(p)}; }
  /// The first `count` < kWidth values, zeros behind them.
  static F32 load_partial(const float* p, std::size_t count) {
    return {_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1u), p)};
  }
  static F32 multiply(F32 a, F32 b) { return {_mm512_mul_ps(a.v, b.v)}; }
  static F32 multiply_add(F32 a, F32 b, F32 sum) { return {_mm512_fmadd_ps(a.v, b.v, sum.v)}; }
  static F32 max(F32 a, F32 b) { return {_mm512_max_ps(a.v, b.v)}; }
  void store(float* p) const { _mm512_storeu_ps(p, v); }
};

inline float sum(F32 x) {
  const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(x.v), _mm512_extractf32x8_ps(x.v, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

/// 8 float64.
struct F64 {
  static constexpr std::size_t kWidth = 8;
  static constexpr std::size_t kRows = 4;  // of documents together: their sums stay in registers
  __m512d v;

  static F64 zero() { return {_mm512_setzero_pd()}; }
  static F64 load_f32(const float* p) { return {_mm512_cvtps_pd(_mm256_loadu_ps(p))}; }
  static F64 add(F64 a, F64 b) { return {_mm512_add_pd(a.v, b.v)}; }
  static F64 multiply_add(F64 a, F64 b, F64 sum) { return {_mm512_fmadd_pd(a.v, b.v, sum.v)}; }
};

/// Adds the upper half of the lanes to the lower until one is left.
inline double halving_sum(F64 x) {
  const __m256d four = _mm256_add_pd(_mm512_castpd512_pd256(x.v), _mm512_extractf64x4_pd(x.v, 1));
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
  return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

/// Bit i is set when not (p[i] < threshold), i < F32::kWidth.
inline std::uint32_t not_below(const float* p, float threshold) {
  return _mm512_cmp_ps_mask(_mm512_loadu_ps(p), _mm512_set1_ps(threshold), _CMP_NLT_UQ);
}

/// Writes base + i for each bit i that is set, ascending. Returns how many. May write over F32::kWidth places of `out`.
inline std::size_t store_positions(std::uint32_t bits, std::uint32_t base, std::uint32_t* out) {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i positions = _mm512_add_epi32(lanes, _mm512_set1_epi32(static_cast<int>(base)));
  // Compressed in a register: compressing into memory is slow on some CPUs.
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(static_cast<__mmask16>(bits), positions));
  return count_bits(bits);
}

/// Writes values[i] for each bit i that is set. May write over F32::kWidth places of `out`.
inline void store_selected(std::uint32_t bits, const float* values, float* out) {
  _mm512_storeu_ps(out, _mm512_maskz_compress_ps(static_cast<__mmask16>(bits), _mm512_loadu_ps(values)));
}

/// sums[i] += the next of `values` for each bit i that is set, i < 16.
inline void add_expanded(float* sums, std::uint32_t bits, const float* values) {
  const __m512 expanded = _mm512_maskz_expandloadu_ps(static_cast<__mmask16>(bits), values);
  _mm512_storeu_ps(sums, _mm512_add_ps(_mm512_loadu_ps(sums), expanded));
}

}  // namespace
