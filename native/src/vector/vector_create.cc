#include <algorithm>
#include <limits>

#include "tenbin/errors.h"
#include "tenbin/vector_index.h"
#include "vector/norms.h"

namespace tenbin {

namespace {

// Products of components of two vectors whose norms lie in here neither overflow float32 nor lose more to underflow
// than the slack of the error bound.
constexpr double kSmallestNorm = 1e-15;
constexpr double kLargestNorm = 1e15;

float scan_scale(double norm, Metric metric) {
  if (norm == 0) return 0;
  if (norm < kSmallestNorm || norm > kLargestNorm) return std::numeric_limits<float>::quiet_NaN();
  return metric == Metric::kCosine ? static_cast<float>(1 / norm) : 1.0f;
}

}  // namespace

VectorIndex VectorIndex::create(const Matrix& documents, Metric metric, std::span<const std::uint32_t> tie_ranks,
                                const Execution& execution) {
  if (documents.count > std::numeric_limits<std::uint32_t>::max())
    throw InputError("embeddings: more than 2^32 - 1 rows");
  if (tie_ranks.size() != documents.count) throw InputError("tie ranks: one per document is needed");
  VectorIndex index;
  index.documents_ = documents;
  index.metric_ = metric;
  index.ties_ = TieOrder(tie_ranks);
  index.norms_ = checked_norms("embeddings", documents, execution);
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
