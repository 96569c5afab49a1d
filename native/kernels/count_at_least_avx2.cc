#include "kernels.h"
#include "lanes_avx2.h"
// The order matters: the operation is written in the lanes.
#include "count_at_least.inc.h"

namespace tenbin {

std::size_t count_at_least_avx2(const float* values, std::size_t count, float threshold) {
  return count_at_least(values, count, threshold);
}

}  // namespace tenbin
