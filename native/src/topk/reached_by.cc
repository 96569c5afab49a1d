#include "topk/reached_by.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

namespace tenbin {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
/// Leaves less than 2^9 of the 2^32 floats in between: a relative error below 2^-14.
constexpr int kSteps = 23;

/// Integers in the order of the floats, and back.
std::uint32_t ordered(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

float value_of(std::uint32_t ordered_bits) {
  return std::bit_cast<float>(ordered_bits & 0x80000000u ? ordered_bits & 0x7fffffffu : ~ordered_bits);
}

}  // namespace

float reached_by(std::size_t k, float* values, std::size_t count, float low, const Kernels& kernels) {
  const std::size_t padded = (count + kReachedByPadding - 1) / kReachedByPadding * kReachedByPadding;
  std::fill(values + count, values + padded, -kInfinity);
  std::uint32_t reached = ordered(low);
  std::uint32_t beyond = ordered(kInfinity) + 1;
  for (int step = 0; step < kSteps; ++step) {
    const std::uint32_t middle = reached + (beyond - reached) / 2;
    const std::size_t found = kernels.count_at_least(values, padded, value_of(middle));
    (found >= k ? reached : beyond) = middle;
    if (found == k) break;
  }
  return value_of(reached);
}

}  // namespace tenbin
