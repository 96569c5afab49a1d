#include "kernels.h"
#include "lanes_baseline.h"
// The order matters: the operation is written in the lanes.
#include "count_at_least.inc.h"

namespace tenbin {

std::size_t count_at_least_baseline(const float* values, std::size_t count, float threshold) {
  return count_at_least(values, count, threshold);
}

}  // namespace tenbin
