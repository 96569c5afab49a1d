#include "kernels.h"
#include "lanes_baseline.h"
// The order matters: the operation is written in the lanes.
#include "group_maxima.inc.h"

namespace tenbin {

void group_maxima_baseline(const float* scores, std::size_t count, float* maxima) {
  group_maxima(scores, count, maxima);
}

}  // namespace tenbin
