#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "bit_loops.h"

namespace {

/// 4 float32; 8 x 3 sums, 3 + 1 operands: 28 of 32 registers.
struct F32 {
  static constexpr std::size_t kWidth = 4;
  static constexpr std::size_t kTileRows = 8;
  static constexpr std::size_t kTileRegisters = 3;
  float32x4_t v;

  static F32 zero() { return {vdupq_n_f32(0)}; }
  static F32 all(float x) { return {vdupq_n_f32(x)}; }
  static F32 of(const std::int32_t* p) { return {vcvtq_f32_s32(vld1q_s32(p))}; }
  static F32 load(const float* p) { return {vld1q_f32(p)}; }
  /// The first `count` < kWidth values, zeros behind them.
  static F32 load_partial(const float* p, std::size_t count) {
    float padded[kWidth] = {};
    for (std::size_t i = 0; i < count; ++i) padded[i] = p[i];
    return load(padded);
  }
  static F32 multiply(F32 a, F32 b) { return {vmulq_f32(a.v, b.v)}; }
  static F32 multiply_add(F32 a, F32 b, F32 sum) { return {vfmaq_f32(sum.v, a.v, b.v)}; }
  static F32 max(F32 a, F32 b) { return {vmaxq_f32(a.v, b.v)}; }
  void store(float* p) const { vst1q_f32(p, v); }
};

/// out[c * out_stride + r] = rows[r * stride + c], r, c < 4.
inline void transpose4(const float* rows, std::size_t stride, float* out, std::size_t out_stride) {
  const float32x4x2_t pairs01 = vtrnq_f32(vld1q_f32(rows), vld1q_f32(rows + stride));
  const float32x4x2_t pairs23 = vtrnq_f32(vld1q_f32(rows + 2 * stride), vld1q_f32(rows + 3 * stride));
  vst1q_f32(out, vcombine_f32(vget_low_f32(pairs01.val[0]), vget_low_f32(pairs23.val[0])));
  vst1q_f32(out + out_stride, vcombine_f32(vget_low_f32(pairs01.val[1]), vget_low_f32(pairs23.val[1])));
  vst1q_f32(out + 2 * out_stride, vcombine_f32(vget_high_f32(pairs01.val[0]), vget_high_f32(pairs23.val[0])));
  vst1q_f32(out + 3 * out_stride, vcombine_f32(vget_high_f32(pairs01.val[1]), vget_high_f32(pairs23.val[1])));
}

inline float sum(F32 x) { return vaddvq_f32(x.v); }

/// 2 float64.
struct F64 {
  static constexpr std::size_t kWidth = 2;
  static constexpr std::size_t kRows = 2;  // of documents together: their sums stay in registers
  float64x2_t v;

  static F64 zero() { return {vdupq_n_f64(0)}; }
  static F64 load_f32(const float* p) { return {vcvt_f64_f32(vld1_f32(p))}; }
  static F64 add(F64 a, F64 b) { return {vaddq_f64(a.v, b.v)}; }
  static F64 multiply_add(F64 a, F64 b, F64 sum) { return {vfmaq_f64(sum.v, a.v, b.v)}; }
};

inline double halving_sum(F64 x) { return vaddvq_f64(x.v); }

/// Bit i is set when not (p[i] < threshold), i < F32::kWidth.
inline std::uint32_t not_below(const float* p, float threshold) {
  const uint32x4_t reached = vmvnq_u32(vcltq_f32(vld1q_f32(p), vdupq_n_f32(threshold)));
  const uint32x4_t bit = {1, 2, 4, 8};
  return vaddvq_u32(vandq_u32(reached, bit));
}

}  // namespace
