#pragma once

#include <cstdint>
#include <vector>

namespace tenbin {

/// What a query's scan leaves to be scored, ascending.
struct Candidates {
  /// Most likely the k best, give or take a few.
  std::vector<std::uint32_t> likely;
  std::vector<std::uint32_t> others;
};

}  // namespace tenbin
