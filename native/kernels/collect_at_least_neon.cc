#include "kernels.h"
#include "lanes_neon.h"
// The order matters: the operation is written in the lanes.
#include "collect_at_least.inc.h"

namespace tenbin {

std::size_t collect_at_least_neon(const float* scores, std::size_t count, float threshold, std::uint32_t base,
                                  std::uint32_t* out) {
  return collect_at_least(scores, count, threshold, base, out);
}

}  // namespace tenbin
