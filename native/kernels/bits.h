#pragma once

// What <bit> has, with internal linkage: its functions are templates, which a unit with flags of its own must not
// define for others.

#include <cstddef>
#include <cstdint>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

namespace {

/// Position of the lowest set bit; `bits` is not 0.
inline std::uint32_t lowest_bit(std::uint32_t bits) {
#if defined(_MSC_VER) && !defined(__clang__)
  unsigned long position;
  _BitScanForward(&position, bits);
  return position;
#else
  return static_cast<std::uint32_t>(__builtin_ctz(bits));
#endif
}

/// How many of at most 16 bits are set.
inline std::size_t count_bits(std::uint32_t bits) {
#if defined(__POPCNT__) || defined(__aarch64__)
  return static_cast<std::size_t>(__builtin_popcount(bits));
#else
  bits -= bits >> 1 & 0x5555u;
  bits = (bits & 0x3333u) + (bits >> 2 & 0x3333u);
  bits = (bits + (bits >> 4)) & 0x0f0fu;
  return (bits + (bits >> 8)) & 0x1fu;
#endif
}

}  // namespace
