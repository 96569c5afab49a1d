// Included by dot_tile_<isa>.cc after lanes_<isa>.h.

namespace {

constexpr std::size_t kDocumentRows = 4;

/// Q queries by 4 documents: Q * 4 accumulators stay in registers while the dimensions stream by, so each loaded
/// vector is used Q or 4 times.
template <std::size_t Q>
inline void dot_rows(const float* queries, const float* documents, std::size_t dimension, const float* scale,
                     float* tile, std::size_t tile_stride) {
  F32 sums[Q][kDocumentRows];
  for (std::size_t q = 0; q < Q; ++q) {
    for (std::size_t d = 0; d < kDocumentRows; ++d) sums[q][d] = F32::zero();
  }
  const auto accumulate = [&](auto load) {
    F32 document[kDocumentRows];
    for (std::size_t d = 0; d < kDocumentRows; ++d) document[d] = load(documents + d * dimension);
    for (std::size_t q = 0; q < Q; ++q) {
      const F32 query = load(queries + q * dimension);
      for (std::size_t d = 0; d < kDocumentRows; ++d) {
        sums[q][d] = F32::multiply_add(query, document[d], sums[q][d]);
      }
    }
  };
  std::size_t i = 0;
  for (; i + F32::kWidth <= dimension; i += F32::kWidth) {
    accumulate([i](const float* row) { return F32::load(row + i); });
  }
  if (i < dimension) {
    accumulate([i, dimension](const float* row) { return F32::load_partial(row + i, dimension - i); });
  }
  for (std::size_t q = 0; q < Q; ++q) store_sums4(sums[q], scale, tile + q * tile_stride);
}

inline float dot_one(const float* a, const float* b, std::size_t dimension) {
  F32 total = F32::zero();
  std::size_t i = 0;
  for (; i + F32::kWidth <= dimension; i += F32::kWidth) {
    total = F32::multiply_add(F32::load(a + i), F32::load(b + i), total);
  }
  if (i < dimension) {
    total = F32::multiply_add(F32::load_partial(a + i, dimension - i), F32::load_partial(b + i, dimension - i), total);
  }
  return sum(total);
}

/// Groups of Q queries stay in the first-level cache while all documents pass, then the rest of the queries one by one.
inline void dot_tile(const float* queries, std::size_t query_count, const float* documents, std::size_t document_count,
                     std::size_t dimension, const float* scale, float* tile, std::size_t tile_stride) {
  constexpr std::size_t kQ = F32::kQueryRows;
  const std::size_t whole_documents = document_count - document_count % kDocumentRows;
  for (std::size_t q = 0; q < query_count;) {
    const bool whole_group = q + kQ <= query_count;
    const std::size_t rows = whole_group ? kQ : 1;
    const float* query = queries + q * dimension;
    float* out = tile + q * tile_stride;
    for (std::size_t d = 0; d < whole_documents; d += kDocumentRows) {
      if (whole_group) {
        dot_rows<kQ>(query, documents + d * dimension, dimension, scale + d, out + d, tile_stride);
      } else {
        dot_rows<1>(query, documents + d * dimension, dimension, scale + d, out + d, tile_stride);
      }
    }
    for (std::size_t d = whole_documents; d < document_count; ++d) {
      for (std::size_t r = 0; r < rows; ++r) {
        out[r * tile_stride + d] = dot_one(query + r * dimension, documents + d * dimension, dimension) * scale[d];
      }
    }
    q += rows;
  }
}

}  // namespace
