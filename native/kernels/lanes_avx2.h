#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "bit_loops.h"
#include "transpose_sse.h"

namespace {

/// 8 float32; 4 x 3 sums, 3 + 1 operands: all 16 registers.
struct F32 {
  static constexpr std::size_t kWidth = 8;
  static constexpr std::size_t kTileRows = 4;
  static constexpr std::size_t kTileRegisters = 3;
  __m256 v;

  static F32 zero() { return {_mm256_setzero_ps()}; }
  static F32 all(float x) { return {_mm256_set1_ps(x)}; }
  static F32 of(const std::int32_t* p) {
    return {_mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
  }
  static F32 load(const float* p) { return {_mm256_loadu_ps(p)}; }
  /// The first `count` < kWidth values, zeros behind them.
  static F32 load_partial(const float* p, std::size_t count) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lane);
    return {_mm256_maskload_ps(p, mask)};
  }
  static F32 multiply(F32 a, F32 b) { return {_mm256_mul_ps(a.v, b.v)}; }
  static F32 multiply_add(F32 a, F32 b, F32 sum) { return {_mm256_fmadd_ps(a.v, b.v, sum.v)}; }
  static F32 max(F32 a, F32 b) { return {_mm256_max_ps(a.v, b.v)}; }
  void store(float* p) const { _mm256_storeu_ps(p, v); }
};

inline float sum(F32 x) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(x.v), _mm256_extractf128_ps(x.v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

/// 4 float64.
struct F64 {
  static constexpr std::size_t kWidth = 4;
  static constexpr std::size_t kRows = 2;  // of documents together: their sums stay in registers
  __m256d v;

  static F64 zero() { return {_mm256_setzero_pd()}; }
  static F64 load_f32(const float* p) { return {_mm256_cvtps_pd(_mm_loadu_ps(p))}; }
  static F64 add(F64 a, F64 b) { return {_mm256_add_pd(a.v, b.v)}; }
  static F64 multiply_add(F64 a, F64 b, F64 sum) { return {_mm256_fmadd_pd(a.v, b.v, sum.v)}; }
};

/// Adds the upper half of the lanes to the lower until one is left.
inline double halving_sum(F64 x) {
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(x.v), _mm256_extractf128_pd(x.v, 1));
  return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

/// Bit i is set when not (p[i] < threshold), i < F32::kWidth.
inline std::uint32_t not_below(const float* p, float threshold) {
  const __m256 reached = _mm256_cmp_ps(_mm256_loadu_ps(p), _mm256_set1_ps(threshold), _CMP_NLT_UQ);
  return static_cast<std::uint32_t>(_mm256_movemask_ps(reached));
}

}  // namespace
