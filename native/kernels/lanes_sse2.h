#pragma once

#include <emmintrin.h>

#include <cstddef>
#include <cstdint>

#include "bit_loops.h"
#include "transpose_sse.h"

namespace {

/// 4 float32; 4 x 2 sums, 2 + 1 operands and a product: 12 of 16 registers.
struct F32 {
  static constexpr std::size_t kWidth = 4;
  static constexpr std::size_t kTileRows = 4;
  static constexpr std::size_t kTileRegisters = 2;
  __m128 v;

  static F32 zero() { return {_mm_setzero_ps()}; }
  static F32 all(float x) { return {_mm_set1_ps(x)}; }
  static F32 of(const std::int32_t* p) {
    return {_mm_cvtepi32_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
  }
  static F32 load(const float* p) { return {_mm_loadu_ps(p)}; }
  /// The first `count` < kWidth values, zeros behind them.
  static F32 load_partial(const float* p, std::size_t count) {
    float padded[kWidth] = {};
    for (std::size_t i = 0; i < count; ++i) padded[i] = p[i];
    return load(padded);
  }
  static F32 multiply(F32 a, F32 b) { return {_mm_mul_ps(a.v, b.v)}; }
  static F32 multiply_add(F32 a, F32 b, F32 sum) { return {_mm_add_ps(sum.v, _mm_mul_ps(a.v, b.v))}; }
  static F32 max(F32 a, F32 b) { return {_mm_max_ps(a.v, b.v)}; }
  void store(float* p) const { _mm_storeu_ps(p, v); }
};

inline float sum(F32 x) {
  const __m128 two = _mm_add_ps(x.v, _mm_movehl_ps(x.v, x.v));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

/// 2 float64.
struct F64 {
  static constexpr std::size_t kWidth = 2;
  static constexpr std::size_t kRows = 1;  // of documents together: their sums stay in registers
  __m128d v;

  static F64 zero() { return {_mm_setzero_pd()}; }
  static F64 load_f32(const float* p) {
    return {_mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))))};
  }
  static F64 add(F64 a, F64 b) { return {_mm_add_pd(a.v, b.v)}; }
  static F64 multiply_add(F64 a, F64 b, F64 sum) { return {_mm_add_pd(sum.v, _mm_mul_pd(a.v, b.v))}; }
};

inline double halving_sum(F64 x) { return _mm_cvtsd_f64(_mm_add_sd(x.v, _mm_unpackhi_pd(x.v, x.v))); }

/// Bit i is set when not (p[i] < threshold), i < kWidth.
inline std::uint32_t not_below(const float* p, float threshold) {
  return static_cast<std::uint32_t>(_mm_movemask_ps(_mm_cmpnlt_ps(_mm_loadu_ps(p), _mm_set1_ps(threshold))));
}

}  // namespace
