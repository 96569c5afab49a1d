#include "kernels.h"
#include "lanes_neon.h"
// The order matters: the operation is written in the lanes.
#include "dot_exact.inc.h"

namespace tenbin {

void dot_exact_neon(const float* row, const float* rows, std::size_t dimension, const std::uint32_t* listed,
                    std::size_t count, double* dots) {
  dot_exact(row, rows, dimension, listed, count, dots);
}

}  // namespace tenbin
