#pragma once

#include <algorithm>
#include <cstddef>

#include "tenbin/vector_index.h"

namespace tenbin {

/// Divides a row by its norm in float32. A norm beyond float32's range leaves zeros.
inline void normalise(const float* row, double norm, std::size_t dimension, float* out) {
  const float rounded = norm == 0 ? 1.0f : static_cast<float>(norm);
  for (std::size_t i = 0; i < dimension; ++i) out[i] = row[i] / rounded;
}

/// Calls `body(first, last)` for ranges that cover [0, count), on the pool; ranges begin at multiples of 16.
template <typename Body>
void for_row_ranges(std::size_t count, const Execution& execution, const Body& body) {
  constexpr std::size_t kRows = 256;
  execution.pool.parallel_for((count + kRows - 1) / kRows, [&](std::size_t range) {
    execution.cancellation.check();
    body(range * kRows, std::min((range + 1) * kRows, count));
  });
}

}  // namespace tenbin
