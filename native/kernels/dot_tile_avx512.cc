#include "kernels.h"
#include "lanes_avx512.h"
// The order matters: the operation is written in the lanes.
#include "dot_tile.inc.h"

namespace tenbin {

void dot_tile_avx512(const float* panels, std::size_t panel_count, const float* documents, std::size_t document_count,
                     std::size_t dimension, const float* scale, float* tile, std::size_t tile_stride) {
  dot_tile(panels, panel_count, documents, document_count, dimension, scale, tile, tile_stride);
}

}  // namespace tenbin
