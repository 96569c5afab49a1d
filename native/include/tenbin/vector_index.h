#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tenbin/top_k.h"

namespace tenbin {

enum class Metric { kCosine, kDot };

/// Row-major [count, dimension] float32.
struct Matrix {
  std::span<const float> data;
  std::size_t count;
  std::size_t dimension;

  const float* row(std::size_t i) const noexcept { return data.data() + i * dimension; }
};

/// Exact top-k over all documents ("flat").
///
/// A score is dot(q, x) [/ (|q| |x|)] with DotExact's sums in float64, rounded once to float32; a zero vector scores 0
/// by cosine. Only these scores are compared, so results are the same on every instruction set and thread count. They
/// are found by a float32 scan that keeps each document whose approximate score could, by the bound on a float32 dot
/// product (Higham, Accuracy and Stability of Numerical Algorithms, 3.1), still belong to the k best.
class VectorIndex {
 public:
  /// Reads `documents` here and at each search; does not copy them. The caller keeps them alive and unchanged.
  /// @param tie_ranks see TieOrder; one rank a document.
  /// Throws InputError when sizes do not agree or a component is NaN or infinite, naming row and dimension.
  static VectorIndex create(const Matrix& documents, Metric metric, std::span<const std::uint32_t> tie_ranks,
                            const Execution& execution);

  /// Top k by score, then tie rank. Throws InputError for queries of another dimension, with a NaN or infinite
  /// component, or an `out` of the wrong size; Cancelled when cancelled.
  void search(const Matrix& queries, const TopK& out, const Execution& execution) const;

  std::size_t size() const noexcept { return documents_.count; }
  std::size_t dimension() const noexcept { return documents_.dimension; }
  Metric metric() const noexcept { return metric_; }
  /// Documents whose components are all zero.
  std::size_t zero_vectors() const noexcept { return zero_vectors_; }

 private:
  friend class BlockSearch;
  VectorIndex() = default;

  Matrix documents_{};
  Metric metric_ = Metric::kCosine;
  TieOrder ties_;
  std::vector<double> norms_;  // [documents]
  // [documents] what turns a float32 dot product into the scanned score: 1/norm for cosine, 1 for dot, and NaN for a
  // document whose norm is outside the range where the error bound holds, which then is always scored exactly.
  std::vector<float> scale_;
  double largest_norm_ = 0;  // among documents whose scale is not NaN
  std::size_t zero_vectors_ = 0;
};

}  // namespace tenbin
