#include "kernels.h"
#include "lanes_baseline.h"
// The order matters: the operation is written in the lanes.
#include "dot_listed.inc.h"

namespace tenbin {

void dot_listed_baseline(const float* query, const float* documents, std::size_t dimension, const std::uint32_t* listed,
                         std::size_t count, const float* scale, float* scores) {
  dot_listed(query, documents, dimension, listed, count, scale, scores);
}

}  // namespace tenbin
