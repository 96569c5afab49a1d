#pragma once

// For platforms without instructions that count bits: the readable form of what the other words_*.h do.

#include <cstddef>
#include <cstdint>

namespace {

struct Words {
  static constexpr std::size_t kWidth = 1;
  std::uint64_t v;

  static Words zero() { return {0}; }
  static Words broadcast(std::uint64_t word) { return {word}; }
  static Words load(const std::uint64_t* p) { return {*p}; }
  /// counts + the set bits of each byte of a ^ b.
  static Words add_bit_counts(Words counts, Words a, Words b) {
    std::uint64_t x = a.v ^ b.v;
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    return {counts.v + ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu)};
  }
  /// sums + the sum of the bytes of each lane.
  static Words add_bytes(Words sums, Words bytes) {
    const std::uint64_t pairs = (bytes.v & 0x00ff00ff00ff00ffu) + (bytes.v >> 8 & 0x00ff00ff00ff00ffu);
    return {sums.v + (pairs * 0x0001000100010001u >> 48)};
  }
  void store(std::uint64_t* p) const { *p = v; }
};

}  // namespace
