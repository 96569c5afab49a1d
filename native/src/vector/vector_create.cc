#include <algorithm>
#include <limits>

#include "tenbin/errors.h"
#include "tenbin/vector_index.h"
#include "vector/document_codes.h"
#include "vector/norms.h"

namespace tenbin {

namespace {

float scan_scale(double norm, Metric metric) {
  if (norm == 0) return 0;
  if (!in_scan_range(norm)) return std::numeric_limits<float>::quiet_NaN();
  return metric == Metric::kCosine ? static_cast<float>(1 / norm) : 1.0f;
}

}  // namespace

VectorIndex::VectorIndex() = default;
VectorIndex::~VectorIndex() = default;
VectorIndex::VectorIndex(VectorIndex&&) noexcept = default;
VectorIndex& VectorIndex::operator=(VectorIndex&&) noexcept = default;

VectorIndex VectorIndex::create(const Matrix& documents, Metric metric, std::span<const std::uint32_t> tie_ranks,
                                Scan scan, const Execution& execution) {
  check_shape("embeddings", documents);
  if (documents.count > std::numeric_limits<std::uint32_t>::max())
    throw InputError("embeddings: more than 2^32 - 1 rows");
  if (tie_ranks.size() != documents.count) throw InputError("tie ranks: one per document is needed");
  VectorIndex index;
  index.documents_ = documents;
  index.metric_ = metric;
  index.ties_ = TieOrder(tie_ranks);
  if (scan == Scan::kCodes && documents.dimension <= DocumentCodes::kMostDimensions) {
    index.codes_ = std::make_unique<DocumentCodes>(documents, metric, index.norms_, execution);
  } else {
    index.norms_ = checked_norms("embeddings", documents, execution);
  }
  index.scale_.reserve(documents.count);
  for (const double norm : index.norms_) {
    const float scale = scan_scale(norm, metric);
    index.scale_.push_back(scale);
    if (scale == scale) index.largest_norm_ = std::max(index.largest_norm_, norm);
    if (norm == 0) ++index.zero_vectors_;
  }
  return index;
}

}  // namespace tenbin
