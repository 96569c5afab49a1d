#include "kernels.h"
#include "lanes_avx512.h"
// The order matters: the operation is written in the lanes.
#include "dot_listed.inc.h"

namespace tenbin {

void dot_listed_avx512(const float* row, const float* rows, std::size_t dimension, const std::uint32_t* listed,
                       std::size_t count, float* dots) {
  dot_listed(row, rows, dimension, listed, count, dots);
}

}  // namespace tenbin
