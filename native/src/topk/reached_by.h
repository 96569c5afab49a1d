#pragma once

#include <cstddef>

#include "kernels/kernels.h"

namespace tenbin {

/// Room behind the values of `reached_by`, which it overwrites.
inline constexpr std::size_t kReachedByPadding = 16;

/// A value that at least k of `values` reach: exactly k do, or it is the k-th largest but for a small relative error.
/// Bisection by counting, which needs no copy and no branch a value. `values` has no NaN; at least k of them reach
/// `low`.
float reached_by(std::size_t k, float* values, std::size_t count, float low, const Kernels& kernels);

}  // namespace tenbin
