#include "vector/document_codes.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "vector/norms.h"

namespace tenbin {

namespace {

constexpr std::size_t kSampleRows = 1024;
constexpr std::size_t kPanelsPerTask = 32;

/// Of what is scanned in float32, relative to the lengths involved: covers the four roundings of a scanned score, those
/// of its bound and the one of the exact score, 2^-24 each.
constexpr double kSlack = 0x1p-20;
/// The row kernel's sums of squares, and its roundings of y relative to |y| + |mean|.
constexpr double kSumError = 0x1p-10;
constexpr double kRowError = 0x1p-22;
/// What underflow can take from those sums: the root of 2^16 of float32's smallest normal numbers is below it.
constexpr double kUnderflow = 1e-16;

/// A bound is a product of two lengths, an error their scalar product; where the two have nothing to do with each other
/// its standard deviation is the bound divided by the root of the dimension.
constexpr double kDeviations = 4;

/// The least scale with which the codes of `query` obey kPairLimit.
float pair_scale(const float* query, std::size_t dimension) {
  constexpr std::size_t kLanes = 8;
  float lanes[kLanes] = {};
  const auto add = [&](std::size_t lane, std::size_t i) {
    lanes[lane] = std::max(lanes[lane], std::abs(query[i] + query[i + 1]));
  };
  std::size_t i = 0;
  for (; i + 2 * kLanes <= dimension; i += 2 * kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(lane, i + 2 * lane);
  }
  for (; i + 1 < dimension; i += 2) add(0, i);
  // Rounding adds half to each of the two codes at most.
  return *std::max_element(lanes, lanes + kLanes) / (kPairLimit - 1);
}

float rounded_up(double x) {
  const auto rounded = static_cast<float>(x);
  return static_cast<double>(rounded) < x ? std::nextafter(rounded, std::numeric_limits<float>::infinity()) : rounded;
}

}  // namespace

DocumentCodes::DocumentCodes(const Matrix& documents, const DocumentPages& pages, Metric metric,
                             std::vector<double>& norms, const Execution& execution)
    : dimension_(documents.dimension),
      padded_((documents.dimension + 3) / 4 * 4),
      panel_count_((documents.count + kDocumentsPerPanel - 1) / kDocumentsPerPanel),
      zeros_(documents.dimension),
      minus_mean_(documents.dimension),
      codes_(panel_count_ * padded_ * kDocumentsPerPanel),
      scales_(panel_count_ * kDocumentsPerPanel),
      residuals_(panel_count_ * kDocumentsPerPanel),
      norms_(panel_count_ * kDocumentsPerPanel) {
  const Kernels& kernels = execution.kernels;
  sample_mean(documents, pages, metric, kernels);
  norms.resize(documents.count);
  execution.pool.parallel_for((panel_count_ + kPanelsPerTask - 1) / kPanelsPerTask, [&](std::size_t task) {
    execution.cancellation.check();
    std::vector<float> scratch(dimension_ + 16);
    std::vector<std::uint8_t> row_codes(padded_, 128);
    const std::size_t last = std::min((task + 1) * kPanelsPerTask, panel_count_);
    const std::size_t first = task * kPanelsPerTask * kDocumentsPerPanel;
    PageTrail trail(pages, std::min(first, documents.count), std::min(last * kDocumentsPerPanel, documents.count));
    for (std::size_t d = first; d < last * kDocumentsPerPanel; ++d) {
      std::uint8_t* out =
          codes_.get() + d / kDocumentsPerPanel * padded_ * kDocumentsPerPanel + d % kDocumentsPerPanel * 4;
      const bool exists = d < documents.count;
      if (exists) trail.passed(d);
      const float* row = exists ? documents.row(d) : nullptr;
      if (exists) norms[d] = std::sqrt(kernels.squared_norm(row, dimension_));
      if (!exists || !in_scan_range(norms[d])) {
        if (exists && norms[d] != 0) residuals_[d] = std::numeric_limits<float>::infinity();
        if (exists && norms[d] == 0) {
          // The zero vector: y is -mean.
          norms_[d] = rounded_up(mean_norm_ * (1 + kSumError));
          residuals_[d] = norms_[d];
        }
        for (std::size_t i = 0; i < padded_; i += 4) std::memset(out + i * kDocumentsPerPanel, 128, 4);
        continue;
      }
      const float factor = metric == Metric::kCosine ? static_cast<float>(1 / norms[d]) : 1.0f;
      const CodedRow coded =
          kernels.code_row(row, factor, minus_mean_.data(), dimension_, 0, scratch.data(), row_codes.data());
      const double length = std::sqrt(coded.norm) * (1 + kSumError);
      const double rounding = kRowError * (length + mean_norm_) + kUnderflow;
      scales_[d] = coded.scale;
      norms_[d] = rounded_up(length + rounding);
      residuals_[d] = rounded_up(std::sqrt(coded.residual) * (1 + kSumError) + rounding);
      for (std::size_t i = 0; i < padded_; i += 4) std::memcpy(out + i * kDocumentsPerPanel, &row_codes[i], 4);
    }
  });
}

void DocumentCodes::sample_mean(const Matrix& documents, const DocumentPages& pages, Metric metric,
                                const Kernels& kernels) {
  if (documents.count == 0) return;
  const std::size_t stride = (documents.count + kSampleRows - 1) / kSampleRows;
  std::vector<double> sums(dimension_);
  std::size_t rows = 0;
  for (std::size_t d = 0; d < documents.count; d += stride) {
    const float* row = documents.row(d);
    const double norm = std::sqrt(kernels.squared_norm(row, dimension_));
    pages.touched();
    if (!in_scan_range(norm)) continue;
    const double factor = metric == Metric::kCosine ? 1 / norm : 1;
    for (std::size_t i = 0; i < dimension_; ++i) sums[i] += factor * static_cast<double>(row[i]);
    ++rows;
  }
  double squares = 0;
  for (std::size_t i = 0; i < dimension_ && rows > 0; ++i) {
    minus_mean_[i] = static_cast<float>(-sums[i] / static_cast<double>(rows));
    squares += static_cast<double>(minus_mean_[i]) * static_cast<double>(minus_mean_[i]);
  }
  mean_norm_ = std::sqrt(squares);
}

QueryCodes DocumentCodes::encode(const float* query, double norm, const Kernels& kernels, float* scratch,
                                 std::int8_t* codes, std::int32_t* offset) const {
  const double inverse_norm = 1 / norm;
  const auto factor = static_cast<float>(inverse_norm);
  const float least_scale = kernels.adds_pairs_in_16_bits ? pair_scale(query, dimension_) * factor : 0;
  auto* bytes = reinterpret_cast<std::uint8_t*>(codes);
  const CodedRow coded = kernels.code_row(query, factor, zeros_.data(), dimension_, least_scale, scratch, bytes);
  std::int32_t sum = 0;
  std::int32_t squares = 0;
  for (std::size_t i = 0; i < dimension_; ++i) {
    const int code = bytes[i] - 128;
    codes[i] = static_cast<std::int8_t>(code);
    sum += code;
    squares += code * code;
  }
  std::fill(codes + dimension_, codes + padded_, std::int8_t{0});
  *offset = -128 * sum;
  const double length = std::sqrt(static_cast<double>(squares)) * static_cast<double>(coded.scale);
  const double residual = std::sqrt(coded.residual) * (1 + kSumError) + kRowError + kUnderflow;
  constexpr std::uint32_t kMean = 0;
  double mean_dot = 0;
  kernels.dot_exact(query, minus_mean_.data(), dimension_, &kMean, 1, &mean_dot);
  const double floor_share = std::min(1.0, kDeviations / std::sqrt(static_cast<double>(dimension_)));
  return {
      .bounds = {.scale = coded.scale,
                 .by_residual = rounded_up(length * (1 + kSlack) + kSlack),
                 .by_norm = rounded_up(residual * (1 + kSlack) + kSlack),
                 .floor_share = static_cast<float>(floor_share)},
      .slack = kSlack * mean_norm_ + 1e-30,
      .mean_dot = -mean_dot * inverse_norm,
  };
}

}  // namespace tenbin
