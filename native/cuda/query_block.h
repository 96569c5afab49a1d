#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gpu.h"

namespace tenbin {

/// The mean of a sample of the documents (each divided by its norm for cosine), negated; [dimension]. Real embeddings
/// lie around their mean, so that what is left of them without it is shorter and codes miss less.
std::vector<float> minus_code_mean(const Matrix& documents, Metric metric, const Execution& execution);

/// Queries in codes, with what bounds the error of scores made from them (code_bounds.h).
class QueryBlock {
 public:
  /// @param queries [count] rows of finite components and the range where the bounds hold
  QueryBlock(const Matrix& queries, std::span<const double> norms, Metric metric, std::span<const float> minus_mean,
             const Execution& execution);

  std::size_t size() const noexcept { return queries_.count; }

  /// Queries [first, last) as a GPU takes them.
  GpuQueries part(std::size_t first, std::size_t last) const;

  /// A document must scan to an upper bound of at least this to reach the exact score `score`.
  float threshold(std::size_t query, float score) const;

 private:
  void encode(std::size_t query, std::span<const float> minus_mean);

  Matrix queries_;
  std::span<const double> norms_;
  Metric metric_;
  std::size_t padded_;
  double mean_norm_ = 0;
  std::vector<std::uint16_t> codes_;
  std::vector<float> by_residual_;
  std::vector<float> by_norm_;
  std::vector<float> slack_;
  std::vector<double> mean_dots_;
};

}  // namespace tenbin
