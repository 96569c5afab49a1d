#include "kernels.h"
#include "words_avx512.h"
// The order matters: the operation is written in the words.
#include "hamming.inc.h"

namespace tenbin {

void hamming_avx512(const std::uint64_t* queries, std::size_t query_count, const std::uint64_t* documents,
                    std::size_t panel_count, std::size_t words, float* tile, std::size_t tile_stride) {
  hamming(queries, query_count, documents, panel_count, words, tile, tile_stride);
}

}  // namespace tenbin
