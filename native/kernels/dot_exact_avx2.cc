#include "kernels.h"
#include "lanes_avx2.h"
// The order matters: the operation is written in the lanes.
#include "dot_exact.inc.h"

namespace tenbin {

double dot_exact_avx2(const float* a, const float* b, std::size_t dimension) { return dot_exact(a, b, dimension); }

}  // namespace tenbin
