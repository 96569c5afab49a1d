#include "kernels.h"
#include "lanes_avx2.h"
// The order matters: the operation is written in the lanes.
#include "group_maxima.inc.h"

namespace tenbin {

void group_maxima_avx2(const float* scores, std::size_t count, float* maxima) { group_maxima(scores, count, maxima); }

}  // namespace tenbin
