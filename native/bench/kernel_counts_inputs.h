#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

namespace tenbin {

/// Numbers from a fixed seed. Only the engine comes from <random>, since the distributions differ between libraries.
class FixedNumbers {
 public:
  std::uint64_t bits() { return engine_(); }

  std::size_t below(std::size_t n) { return bits() % n; }

  /// Close to normal around 0, within [-2, 2]: the sum of four uniform numbers.
  float component() {
    const std::uint64_t x = bits();
    const auto sum = (x & 0xffff) + (x >> 16 & 0xffff) + (x >> 32 & 0xffff) + (x >> 48);
    return (static_cast<float>(sum) - 131070.0f) * 0x1p-16f;
  }

  std::vector<float> components(std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = component();
    return values;
  }

  /// Below `n`, small numbers far more often: roughly Zipf's law.
  std::uint32_t skewed(std::size_t n) { return static_cast<std::uint32_t>(below(below(n) + 1)); }

 private:
  std::mt19937_64 engine_{20260101};
};

inline std::vector<std::uint32_t> ascending(std::size_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  return numbers;
}

}  // namespace tenbin
