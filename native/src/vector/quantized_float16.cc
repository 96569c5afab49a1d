#include <atomic>
#include <bit>
#include <cmath>
#include <string>
#include <utility>

#include "kernels/kernels.h"
#include "tenbin/errors.h"
#include "vector/norms.h"
#include "vector/quantized_codes.h"
#include "vector/quantized_rows.h"

namespace tenbin {

namespace {

constexpr float kLargest = 65504;

/// IEEE half precision of |x| <= 65,504, ties to even.
std::uint16_t to_half(float x) {
  const float magnitude = std::abs(x);
  const auto sign = static_cast<std::uint32_t>(std::signbit(x)) << 15;
  std::uint32_t half = 0;
  if (magnitude < 0x1p-14f) {
    // In [0.5, 1) float32 has the resolution of half precision's subnormals, so the sum is rounded to it.
    half = std::bit_cast<std::uint32_t>(magnitude + 0.5f) - std::bit_cast<std::uint32_t>(0.5f);
  } else {
    const auto bits = std::bit_cast<std::uint32_t>(magnitude);
    half = (bits - (112u << 23) + 0xfffu + (bits >> 13 & 1u)) >> 13;
  }
  return static_cast<std::uint16_t>(sign | half);
}

/// Exact: the bits are those of a float32 2^112 times smaller.
float from_half(std::uint16_t half) {
  const float magnitude = std::bit_cast<float>((half & 0x7fffu) << 13) * 0x1p112f;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | (half & 0x8000u) << 16);
}

void decode(const std::uint16_t* halves, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = from_half(halves[i]);
}

/// Not below the norm of the rounded row: a component errs by 2^-11 of itself or by 2^-25, in at most 2^16 dimensions.
double largest_half_norm(double norm) { return norm * (1 + 0x1p-10) + 0x1p-16; }

/// Halves of rows, [count, dimension], normalised for cosine; `norms` become those of the rows that were rounded.
std::vector<std::uint16_t> encode_rows(const char* what, const Matrix& matrix, Metric metric,
                                       std::vector<double>& norms, const Execution& execution) {
  norms = checked_norms(what, matrix, execution);
  std::vector<std::uint16_t> halves(matrix.count * matrix.dimension);
  std::atomic<bool> too_large = false;
  for_row_ranges(matrix.count, execution, [&](std::size_t first, std::size_t last) {
    std::vector<float> row(matrix.dimension);
    for (std::size_t r = first; r < last; ++r) {
      normalise(matrix.row(r), metric == Metric::kCosine ? norms[r] : 1, matrix.dimension, row.data());
      for (std::size_t i = 0; i < matrix.dimension; ++i) {
        if (std::abs(row[i]) > kLargest) too_large = true;
        halves[r * matrix.dimension + i] = to_half(row[i]);
      }
      if (metric == Metric::kCosine) norms[r] = 1;
    }
  });
  if (!too_large) return halves;
  // Only rows that were not normalised get here.
  const auto bad = std::find_if(matrix.data.begin(), matrix.data.end(), [](float x) { return std::abs(x) > kLargest; });
  const auto at = static_cast<std::size_t>(bad - matrix.data.begin());
  throw InputError(std::string(what) + ": row " + std::to_string(at / matrix.dimension) + ", dimension " +
                   std::to_string(at % matrix.dimension) + " is beyond the range of float16, 65504");
}

class Float16Queries : public QuantizedQueries {
 public:
  Float16Queries(std::vector<float> queries, const std::vector<double>& norms, double largest_document_norm,
                 const std::vector<std::uint16_t>& documents, std::size_t dimension, const Kernels& kernels)
      : queries_(std::move(queries)), documents_(documents), dimension_(dimension), kernels_(kernels) {
    // As vector_search.cc's: the roundings of a float32 dot product, of the score and of this bound. Halves and their
    // products are far from the ends of float32.
    const double roundings = (static_cast<double>(dimension) + 16) * 0x1p-24;
    const double gamma = roundings / (1 - roundings);
    for (const double norm : norms) bounds_.push_back(gamma * largest_half_norm(norm) * largest_document_norm);
  }

  void scan(const SearchPart& part, QuantizedScratch& scratch, float* tile, std::size_t stride) const override {
    const std::size_t count = part.last - part.first;
    scratch.rows.resize(count * dimension_);
    scratch.ones.assign(count, 1.0f);
    decode(documents_.data() + part.first * dimension_, scratch.rows.size(), scratch.rows.data());
    if (!scratch.queries) {
      scratch.queries.emplace(queries_.data() + part.first_query * dimension_, part.last_query - part.first_query,
                              dimension_, kernels_);
    }
    for (std::size_t g = 0; g < scratch.queries->groups(); ++g) {
      scratch.queries->score(g, scratch.rows.data(), count, scratch.ones.data(), tile, stride);
    }
  }

  double error_bound(std::size_t query) const override { return bounds_[query]; }

  float score(std::size_t query, std::size_t document, const QuantizedScratch& scratch, float) const override {
    const auto listed = static_cast<std::uint32_t>(document);
    double dot = 0;
    kernels_.dot_exact(queries_.data() + query * dimension_, scratch.rows.data(), dimension_, &listed, 1, &dot);
    return static_cast<float>(dot);
  }

 private:
  std::vector<float> queries_;
  std::vector<double> bounds_;
  const std::vector<std::uint16_t>& documents_;
  std::size_t dimension_;
  const Kernels& kernels_;
};

class Float16Codes : public QuantizedCodes {
 public:
  Float16Codes(const Matrix& documents, Metric metric, const Execution& execution)
      : dimension_(documents.dimension), metric_(metric) {
    std::vector<double> norms;
    codes_ = encode_rows("embeddings", documents, metric, norms, execution);
    for (const double norm : norms) largest_norm_ = std::max(largest_norm_, largest_half_norm(norm));
  }

  std::size_t size_bytes() const noexcept override { return codes_.size() * sizeof(std::uint16_t); }

  std::unique_ptr<const QuantizedQueries> encode(const Matrix& queries, const Execution& execution) const override {
    std::vector<double> norms;
    const auto halves = encode_rows("queries", queries, metric_, norms, execution);
    std::vector<float> rows(halves.size());
    decode(halves.data(), halves.size(), rows.data());
    return std::make_unique<Float16Queries>(std::move(rows), norms, largest_norm_, codes_, dimension_,
                                            execution.kernels);
  }

 private:
  std::size_t dimension_;
  Metric metric_;
  double largest_norm_ = 0;
  std::vector<std::uint16_t> codes_;  // [document][dimension]
};

}  // namespace

std::unique_ptr<const QuantizedCodes> float16_codes(const Matrix& documents, Metric metric,
                                                    const Execution& execution) {
  return std::make_unique<Float16Codes>(documents, metric, execution);
}

}  // namespace tenbin
