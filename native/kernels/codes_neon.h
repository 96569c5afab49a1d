#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

// 4 queries by 16 documents in four registers each: 16 sums, 5 operands.
constexpr std::size_t kCodeQueries = 4;
constexpr std::size_t kCodePanels = 1;

/// The documents' codes with their bias taken off, since the products here are of signed bytes.
struct CodeBytes {
  int8x16_t v;
  static CodeBytes broadcast(const std::int8_t* p) {
    std::int32_t word;
    std::memcpy(&word, p, sizeof word);
    return {vreinterpretq_s8_s32(vdupq_n_s32(word))};
  }
  static CodeBytes load(const std::uint8_t* p) {
    return {vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80)))};
  }
};

/// 4 sums, without the bias' part, which `all` leaves out too.
struct CodeSums {
  static constexpr std::size_t kWidth = 4;
  int32x4_t v;

  static CodeSums all(std::int32_t) { return {vdupq_n_s32(0)}; }
  void store(std::int32_t* p) const { vst1q_s32(p, v); }
};

inline CodeSums add_products(CodeSums sums, CodeBytes documents, CodeBytes query) {
#if defined(__ARM_FEATURE_DOTPROD)
  return {vdotq_s32(sums.v, documents.v, query.v)};
#else
  const int16x8_t low = vmull_s8(vget_low_s8(documents.v), vget_low_s8(query.v));
  const int16x8_t high = vmull_high_s8(documents.v, query.v);
  return {vaddq_s32(sums.v, vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high)))};
#endif
}

}  // namespace
