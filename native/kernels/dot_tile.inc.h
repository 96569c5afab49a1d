// Included by dot_tile_<isa>.cc after lanes_<isa>.h.

// Registers hold the sums only if every loop over them is unrolled, which GCC must be told for so many.
#if defined(__GNUC__)
#define TENBIN_UNROLLED _Pragma("GCC unroll 16")
#else
#define TENBIN_UNROLLED
#endif

namespace {

/// The place of a query's first component; the next one is tenbin::kQueriesPerPanel further.
inline const float* in_panels(const float* panels, std::size_t query, std::size_t dimension) {
  return panels + query / tenbin::kQueriesPerPanel * tenbin::kQueriesPerPanel * dimension +
         query % tenbin::kQueriesPerPanel;
}

/// R documents by V registers of queries: all sums stay in registers while the dimensions stream by, and each lane
/// holds the sum of one query, so nothing is added across lanes.
template <std::size_t R, std::size_t V>
inline void dot_block(const float* panels, std::size_t first_query, const float* documents, std::size_t dimension,
                      const float* scale, float* tile, std::size_t tile_stride) {
  const float* parts[V];
  F32 sums[R][V];
  TENBIN_UNROLLED for (std::size_t v = 0; v < V; ++v) {
    parts[v] = in_panels(panels, first_query + v * F32::kWidth, dimension);
    TENBIN_UNROLLED for (std::size_t r = 0; r < R; ++r) sums[r][v] = F32::zero();
  }
  for (std::size_t i = 0; i < dimension; ++i) {
    F32 queries[V];
    TENBIN_UNROLLED for (std::size_t v = 0; v < V; ++v) queries[v] = F32::load(parts[v] + i * tenbin::kQueriesPerPanel);
    TENBIN_UNROLLED for (std::size_t r = 0; r < R; ++r) {
      const F32 document = F32::all(documents[r * dimension + i]);
      TENBIN_UNROLLED for (std::size_t v = 0; v < V; ++v) {
        sums[r][v] = F32::multiply_add(queries[v], document, sums[r][v]);
      }
    }
  }
  constexpr std::size_t kQueries = V * F32::kWidth;
  float rows[R * kQueries];
  TENBIN_UNROLLED for (std::size_t r = 0; r < R; ++r) {
    const F32 factor = F32::all(scale[r]);
    TENBIN_UNROLLED for (std::size_t v = 0; v < V; ++v) {
      F32::multiply(sums[r][v], factor).store(rows + r * kQueries + v * F32::kWidth);
    }
  }
  float* out = tile + first_query * tile_stride;
  if constexpr (R == 1) {
    for (std::size_t q = 0; q < kQueries; ++q) out[q * tile_stride] = rows[q];
  } else {
    for (std::size_t q = 0; q < kQueries; q += 4) {
      for (std::size_t r = 0; r < R; r += 4) {
        transpose4(rows + r * kQueries + q, kQueries, out + q * tile_stride + r, tile_stride);
      }
    }
  }
}

template <std::size_t V>
inline void dot_queries(const float* panels, std::size_t first_query, const float* documents,
                        std::size_t document_count, std::size_t dimension, const float* scale, float* tile,
                        std::size_t tile_stride) {
  std::size_t d = 0;
  const auto advance = [&](auto block, std::size_t rows) {
    for (; d + rows <= document_count; d += rows) {
      block(panels, first_query, documents + d * dimension, dimension, scale + d, tile + d, tile_stride);
    }
  };
  advance(dot_block<F32::kTileRows, V>, F32::kTileRows);
  if constexpr (F32::kTileRows > 4) advance(dot_block<4, V>, 4);
  advance(dot_block<1, V>, 1);
}

/// As many queries as fill the registers stay in the cache while all documents pass.
inline void dot_tile(const float* panels, std::size_t panel_count, const float* documents, std::size_t document_count,
                     std::size_t dimension, const float* scale, float* tile, std::size_t tile_stride) {
  std::size_t q = 0;
  const auto advance = [&](auto dot, std::size_t registers) {
    const std::size_t queries = registers * F32::kWidth;
    for (; q + queries <= panel_count * tenbin::kQueriesPerPanel; q += queries) {
      dot(panels, q, documents, document_count, dimension, scale, tile, tile_stride);
    }
  };
  advance(dot_queries<F32::kTileRegisters>, F32::kTileRegisters);
  if constexpr (F32::kTileRegisters > 2) advance(dot_queries<2>, 2);
  advance(dot_queries<1>, 1);
}

}  // namespace

#undef TENBIN_UNROLLED
