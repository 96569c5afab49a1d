#include "kernels.h"
#include "lanes_baseline.h"
// The order matters: the operation is written in the lanes.
#include "squared_norm.inc.h"

namespace tenbin {

double squared_norm_baseline(const float* row, std::size_t dimension) { return squared_norm(row, dimension); }

}  // namespace tenbin
