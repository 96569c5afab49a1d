// Included by squared_norm_<isa>.cc after lanes_<isa>.h.

#include "exact_sums.h"

namespace {

inline double squared_norm(const float* row, std::size_t dimension) {
  F64 sums[kExactParts];
  for (F64& sum : sums) sum = F64::zero();
  in_exact_steps(dimension, [&](auto load) {
    for (std::size_t p = 0; p < kExactParts; ++p) {
      const F64 part = load(row, p);
      sums[p] = F64::multiply_add(part, part, sums[p]);
    }
  });
  return tree_sum(sums);
}

}  // namespace
