#include "query_block.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "code_bounds.h"
#include "kernels/kernels.h"
#include "vector/norms.h"

namespace tenbin {

namespace {

constexpr std::size_t kSampleRows = 1024;
constexpr std::size_t kQueriesPerTask = 16;

/// To nearest, ties to even; `x` is finite and its magnitude below bfloat16's largest.
std::uint16_t bfloat16_of(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return static_cast<std::uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

float float_of(std::uint16_t bfloat16) { return std::bit_cast<float>(static_cast<std::uint32_t>(bfloat16) << 16); }

}  // namespace

std::vector<float> minus_code_mean(const Matrix& documents, Metric metric, const Execution& execution) {
  std::vector<double> sums(documents.dimension);
  std::size_t rows = 0;
  const std::size_t stride = std::max<std::size_t>(1, (documents.count + kSampleRows - 1) / kSampleRows);
  for (std::size_t d = 0; d < documents.count; d += stride) {
    const float* row = documents.row(d);
    const double norm = std::sqrt(execution.kernels.squared_norm(row, documents.dimension));
    if (!in_scan_range(norm)) continue;
    const double factor = metric == Metric::kCosine ? 1 / norm : 1;
    for (std::size_t i = 0; i < documents.dimension; ++i) sums[i] += factor * static_cast<double>(row[i]);
    ++rows;
  }
  std::vector<float> minus_mean(documents.dimension);
  for (std::size_t i = 0; i < documents.dimension && rows > 0; ++i) {
    minus_mean[i] = static_cast<float>(-sums[i] / static_cast<double>(rows));
  }
  return minus_mean;
}

QueryBlock::QueryBlock(const Matrix& queries, std::span<const double> norms, Metric metric,
                       std::span<const float> minus_mean, const Execution& execution)
    : queries_(queries),
      norms_(norms),
      metric_(metric),
      padded_(padded_dimension(queries.dimension)),
      codes_(queries.count * padded_),
      by_residual_(queries.count),
      by_norm_(queries.count),
      slack_(queries.count),
      mean_dots_(queries.count) {
  double squares = 0;
  for (const float x : minus_mean) squares += static_cast<double>(x) * static_cast<double>(x);
  mean_norm_ = std::sqrt(squares);
  execution.pool.parallel_for((queries.count + kQueriesPerTask - 1) / kQueriesPerTask, [&](std::size_t task) {
    const std::size_t last = std::min((task + 1) * kQueriesPerTask, queries.count);
    for (std::size_t q = task * kQueriesPerTask; q < last; ++q) encode(q, minus_mean);
  });
}

void QueryBlock::encode(std::size_t query, std::span<const float> minus_mean) {
  const float* values = queries_.row(query);
  std::uint16_t* codes = codes_.data() + query * padded_;
  const double inverse_norm = 1 / norms_[query];
  double residual = 0;
  double length = 0;
  double mean_dot = 0;
  for (std::size_t i = 0; i < queries_.dimension; ++i) {
    const double u = static_cast<double>(values[i]) * inverse_norm;
    const auto rounded = static_cast<float>(u);
    codes[i] = std::abs(rounded) < kSmallestCode ? 0 : bfloat16_of(rounded);
    const auto code = static_cast<double>(float_of(codes[i]));
    residual += (u - code) * (u - code);
    length += code * code;
    mean_dot -= u * static_cast<double>(minus_mean[i]);
  }
  const double accumulation = (static_cast<double>(padded_) + 16) * kAccumulation * std::sqrt(length);
  by_residual_[query] = static_cast<float>(std::sqrt(length) * (1 + kSlack) + kSlack);
  by_norm_[query] = static_cast<float>((std::sqrt(residual) + accumulation) * (1 + kSlack) + kSlack);
  slack_[query] = static_cast<float>((kSlack * mean_norm_ + kUnderflow) * (1 + kSlack));
  mean_dots_[query] = mean_dot;
}

GpuQueries QueryBlock::part(std::size_t first, std::size_t last) const {
  return {
      .count = last - first,
      .values = queries_.row(first),
      .norms = norms_.data() + first,
      .codes = codes_.data() + first * padded_,
      .by_residual = by_residual_.data() + first,
      .by_norm = by_norm_.data() + first,
      .slack = slack_.data() + first,
  };
}

float QueryBlock::threshold(std::size_t query, float score) const {
  // Scores that are infinite belong to documents whose bounds are.
  if (!std::isfinite(score)) return score;
  const double unit = metric_ == Metric::kCosine ? 1 : norms_[query];
  const double exact = static_cast<double>(score);
  const double least =
      (exact - 0x1p-23 * std::abs(exact) - 0x1p-149) / unit - mean_dots_[query] - static_cast<double>(slack_[query]);
  const auto rounded = static_cast<float>(least);
  return static_cast<double>(rounded) > least ? std::nextafter(rounded, -std::numeric_limits<float>::infinity())
                                              : rounded;
}

}  // namespace tenbin
