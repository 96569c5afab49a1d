#pragma once

// For lanes without instructions that compress and expand registers by a mask, these operations bit by bit.

#include <cstddef>
#include <cstdint>

#include "bits.h"

namespace {

/// Writes base + i for each bit i that is set, ascending. Returns how many. May write over F32::kWidth places of `out`.
inline std::size_t store_positions(std::uint32_t bits, std::uint32_t base, std::uint32_t* out) {
  std::size_t count = 0;
  for (; bits != 0; bits &= bits - 1) out[count++] = base + lowest_bit(bits);
  return count;
}

/// Writes values[i] for each bit i that is set. May write over F32::kWidth places of `out`.
inline void store_selected(std::uint32_t bits, const float* values, float* out) {
  for (; bits != 0; bits &= bits - 1) *out++ = values[lowest_bit(bits)];
}

/// sums[i] += the next of `values` for each bit i that is set, i < 16.
inline void add_expanded(float* sums, std::uint32_t bits, const float* values) {
  for (; bits != 0; bits &= bits - 1) sums[lowest_bit(bits)] += *values++;
}

}  // namespace
