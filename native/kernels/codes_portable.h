#pragma once

// Products of biased uint8 by int8, four to a 32-bit sum, in plain C++: the readable form of what the other codes_*.h
// do. A query's four codes are broadcast to every document's place.

#include <cstddef>
#include <cstdint>

namespace {

constexpr std::size_t kCodeQueries = 2;
constexpr std::size_t kCodePanels = 1;

struct CodeBytes {
  const std::uint8_t* p;
  std::size_t step;
  static CodeBytes load(const std::uint8_t* p) { return {p, 4}; }
  static CodeBytes broadcast(const std::int8_t* p) { return {reinterpret_cast<const std::uint8_t*>(p), 0}; }
};

struct CodeSums {
  static constexpr std::size_t kWidth = 4;
  std::int32_t v[kWidth];

  static CodeSums all(std::int32_t x) { return {{x, x, x, x}}; }
  void store(std::int32_t* p) const {
    for (std::size_t d = 0; d < kWidth; ++d) p[d] = v[d];
  }
};

inline CodeSums add_products(CodeSums sums, CodeBytes documents, CodeBytes query) {
  for (std::size_t d = 0; d < CodeSums::kWidth; ++d) {
    for (std::size_t j = 0; j < 4; ++j) {
      sums.v[d] += documents.p[documents.step * d + j] * static_cast<std::int8_t>(query.p[query.step * d + j]);
    }
  }
  return sums;
}

}  // namespace
