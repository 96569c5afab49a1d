#include "kernels.h"
#include "lanes_baseline.h"
// The order matters: the operation is written in the lanes.
#include "add_packed.inc.h"

namespace tenbin {

void add_packed_baseline(float* sums, const std::uint16_t* present, std::size_t count, const float* values) {
  add_packed(sums, present, count, values);
}

}  // namespace tenbin
