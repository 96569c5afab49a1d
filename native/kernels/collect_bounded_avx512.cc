#include "kernels.h"
#include "lanes_avx512.h"
// The order matters: the operation is written in the lanes.
#include "collect_bounded.inc.h"

namespace tenbin {

std::size_t collect_bounded_avx512(const std::int32_t* sums, const float* scale, const float* residual,
                                   const float* norm, std::size_t count, float query_scale, float by_residual,
                                   float by_norm, float threshold, std::uint32_t* out) {
  return collect_bounded(sums, scale, residual, norm, count, query_scale, by_residual, by_norm, threshold, out);
}

}  // namespace tenbin
