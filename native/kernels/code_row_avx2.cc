#include <cstring>

#include "kernels.h"
#include "lanes_avx2.h"
// The order matters: the operation is written in the lanes.
#include "code_row.inc.h"

namespace tenbin {

void code_row_avx2(const float* row, float factor, const float* minus_mean, std::size_t dimension, float* scratch,
                   std::uint8_t* codes, float* scale, float* residual, float* norm) {
  code_row(row, factor, minus_mean, dimension, scratch, codes, scale, residual, norm);
}

}  // namespace tenbin
