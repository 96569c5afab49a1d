#include <cstring>

#include "kernels.h"
#include "lanes_avx512.h"
// The order matters: the operation is written in the lanes.
#include "code_row.inc.h"

namespace tenbin {

CodedRow code_row_avx512(const float* row, float factor, const float* minus_mean, std::size_t dimension,
                         float least_scale, float* scratch, std::uint8_t* codes) {
  return code_row(row, factor, minus_mean, dimension, least_scale, scratch, codes);
}

}  // namespace tenbin
