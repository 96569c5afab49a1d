#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

namespace {

struct Words {
  static constexpr std::size_t kWidth = 2;
  uint64x2_t v;

  static Words zero() { return {vdupq_n_u64(0)}; }
  static Words broadcast(std::uint64_t word) { return {vdupq_n_u64(word)}; }
  static Words load(const std::uint64_t* p) { return {vld1q_u64(p)}; }
  /// counts + the set bits of each byte of a ^ b.
  static Words add_bit_counts(Words counts, Words a, Words b) {
    const uint8x16_t bits = vcntq_u8(vreinterpretq_u8_u64(veorq_u64(a.v, b.v)));
    return {vreinterpretq_u64_u8(vaddq_u8(vreinterpretq_u8_u64(counts.v), bits))};
  }
  /// sums + the sum of the bytes of each lane.
  static Words add_bytes(Words sums, Words bytes) {
    return {vpadalq_u32(sums.v, vpaddlq_u16(vpaddlq_u8(vreinterpretq_u8_u64(bytes.v))))};
  }
  void store(std::uint64_t* p) const { vst1q_u64(p, v); }
};

}  // namespace
