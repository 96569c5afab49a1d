#pragma once

// Plain C++ over four lanes, for platforms without lanes of their own: the readable form of what the other lanes_*.h
// do.

#include <cstddef>
#include <cstdint>

#include "bit_loops.h"

namespace {

struct F32 {
  static constexpr std::size_t kWidth = 4;
  static constexpr std::size_t kTileRows = 4;
  static constexpr std::size_t kTileRegisters = 2;
  float v[kWidth];

  static F32 zero() { return {}; }
  static F32 all(float x) { return {{x, x, x, x}}; }
  static F32 of(const std::int32_t* p) {
    F32 x;
    for (std::size_t i = 0; i < kWidth; ++i) x.v[i] = static_cast<float>(p[i]);
    return x;
  }
  static F32 load(const float* p) { return {{p[0], p[1], p[2], p[3]}}; }
  /// The first `count` < kWidth values, zeros behind them.
  static F32 load_partial(const float* p, std::size_t count) {
    F32 x = {};
    for (std::size_t i = 0; i < count; ++i) x.v[i] = p[i];
    return x;
  }
  static F32 multiply(F32 a, F32 b) {
    for (std::size_t i = 0; i < kWidth; ++i) a.v[i] *= b.v[i];
    return a;
  }
  static F32 multiply_add(F32 a, F32 b, F32 sum) {
    for (std::size_t i = 0; i < kWidth; ++i) sum.v[i] += a.v[i] * b.v[i];
    return sum;
  }
  static F32 max(F32 a, F32 b) {
    for (std::size_t i = 0; i < kWidth; ++i) a.v[i] = a.v[i] < b.v[i] ? b.v[i] : a.v[i];
    return a;
  }
  void store(float* p) const {
    for (std::size_t i = 0; i < kWidth; ++i) p[i] = v[i];
  }
};

inline float sum(F32 x) { return (x.v[0] + x.v[2]) + (x.v[1] + x.v[3]); }

/// out[c * out_stride + r] = rows[r * stride + c], r, c < 4.
inline void transpose4(const float* rows, std::size_t stride, float* out, std::size_t out_stride) {
  for (std::size_t i = 0; i < 16; ++i) out[i / 4 * out_stride + i % 4] = rows[i % 4 * stride + i / 4];
}

struct F64 {
  static constexpr std::size_t kWidth = 2;
  static constexpr std::size_t kRows = 1;
  double v[kWidth];

  static F64 zero() { return {}; }
  static F64 load_f32(const float* p) { return {{p[0], p[1]}}; }
  static F64 add(F64 a, F64 b) { return {{a.v[0] + b.v[0], a.v[1] + b.v[1]}}; }
  static F64 multiply_add(F64 a, F64 b, F64 sum) {
    for (std::size_t i = 0; i < kWidth; ++i) sum.v[i] += a.v[i] * b.v[i];
    return sum;
  }
};

inline double halving_sum(F64 x) { return x.v[0] + x.v[1]; }

/// Bit i is set when not (p[i] < threshold), i < F32::kWidth.
inline std::uint32_t not_below(const float* p, float threshold) {
  std::uint32_t bits = 0;
  for (std::uint32_t i = 0; i < F32::kWidth; ++i) bits |= static_cast<std::uint32_t>(!(p[i] < threshold)) << i;
  return bits;
}

}  // namespace
