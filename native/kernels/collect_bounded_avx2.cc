#include "kernels.h"
#include "lanes_avx2.h"
// The order matters: the operation is written in the lanes.
#include "collect_bounded.inc.h"

namespace tenbin {

std::size_t collect_bounded_avx2(const CodedSums& block, const CodeBounds& query, float threshold, std::uint32_t base,
                                 const Collected& out) {
  return collect_bounded(block, query, threshold, base, out);
}

}  // namespace tenbin
