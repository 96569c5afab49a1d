#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/kernels.h"
#include "tenbin/vector_index.h"
#include "vector/aligned_array.h"
#include "vector/document_pages.h"

namespace tenbin {

/// A query in codes, and how far a scanned score can be from the exact one.
struct QueryCodes {
  /// |scanned - exact| <= the bound of CollectBounded + slack; an error hardly ever exceeds floor_share of it.
  CodeBounds bounds;
  double slack;
  /// The unit query times the mean: what an exact score has more than a scanned one.
  double mean_dot;
};

/// Documents as int8 codes, with what bounds the error of a score made from them.
///
/// A document x (divided by its norm for cosine) is y + m, m the mean of a sample; y is scale * code + r. With the unit
/// query u = query scale * query code + s, u.y = (coded product) + (coded query).r + s.y, so by Cauchy-Schwarz the
/// coded product is within |coded query| |r| + |s| |y| of u.y. Real embeddings lie around their mean, hence the mean:
/// both |y| and |r| shrink with it.
class DocumentCodes {
 public:
  /// More dimensions would overflow the sums of products, so there are no codes for them.
  static constexpr std::size_t kMostDimensions = 65536;

  /// Leaves the norms of `documents` in `norms`; what is not finite has a norm that is not, and a code of no meaning.
  DocumentCodes(const Matrix& documents, const DocumentPages& pages, Metric metric, std::vector<double>& norms,
                const Execution& execution);

  std::size_t size_bytes() const noexcept {
    return panel_count_ * kDocumentsPerPanel * (padded_ + 3 * sizeof(float)) + dimension_ * sizeof(float);
  }
  /// Dimensions filled up to a multiple of 4.
  std::size_t padded() const noexcept { return padded_; }
  std::size_t panel_count() const noexcept { return panel_count_; }
  const std::uint8_t* panel(std::size_t i) const noexcept { return codes_.get() + i * padded_ * kDocumentsPerPanel; }
  /// [panels * 16]; documents outside the range where the bound holds have an infinite residual.
  const float* scales() const noexcept { return scales_.data(); }
  const float* residuals() const noexcept { return residuals_.data(); }
  const float* norms() const noexcept { return norms_.data(); }

  /// Writes the codes of a query for `kernels`, [padded], and -128 times their sum.
  /// @param scratch room for dimension + 16
  QueryCodes encode(const float* query, double norm, const Kernels& kernels, float* scratch, std::int8_t* codes,
                    std::int32_t* offset) const;

 private:
  void sample_mean(const Matrix& documents, const DocumentPages& pages, Metric metric, const Kernels& kernels);

  std::size_t dimension_;
  std::size_t padded_;
  std::size_t panel_count_;
  std::vector<float> zeros_;  // what is taken off queries, whose mean says nothing
  std::vector<float> minus_mean_;
  double mean_norm_ = 0;
  AlignedArray<std::uint8_t> codes_;
  std::vector<float> scales_;
  std::vector<float> residuals_;
  std::vector<float> norms_;
};

}  // namespace tenbin
