#include "codes_avx2.h"
#include "kernels.h"
// The order matters: the operation is written in the codes.
#include "dot_codes.inc.h"

namespace tenbin {

void dot_codes_avx2(const std::int8_t* queries, std::size_t query_count, const std::uint8_t* panels,
                    std::size_t panel_count, std::size_t padded, const std::int32_t* offsets, std::int32_t* sums,
                    std::size_t stride) {
  dot_codes(queries, query_count, panels, panel_count, padded, offsets, sums, stride);
}

}  // namespace tenbin
