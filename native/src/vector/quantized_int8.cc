#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

#include "kernels/kernels.h"
#include "vector/norms.h"
#include "vector/quantized_codes.h"
#include "vector/quantized_rows.h"

namespace tenbin {

namespace {

constexpr std::size_t kGroup = 4;  // dimensions that stand together in a panel of DotCodes

/// Each dimension's smallest value and step over the documents.
struct Ranges {
  std::vector<float> minimum;
  std::vector<float> step;
};

Ranges ranges_of(const Matrix& documents, const std::vector<double>& norms, const Execution& execution) {
  const std::size_t dimension = documents.dimension;
  constexpr std::size_t kMostTasks = 64;  // each has ranges of its own
  const std::size_t tasks = std::min(documents.count, kMostTasks);
  std::vector<float> minima(tasks * dimension, std::numeric_limits<float>::infinity());
  std::vector<float> maxima(tasks * dimension, -std::numeric_limits<float>::infinity());
  execution.pool.parallel_for(tasks, [&](std::size_t task) {
    float* minimum = minima.data() + task * dimension;
    float* maximum = maxima.data() + task * dimension;
    std::vector<float> row(dimension);
    for (std::size_t d = task; d < documents.count; d += tasks) {
      if (d / tasks % 64 == 0) execution.cancellation.check();
      normalise(documents.row(d), norms[d], dimension, row.data());
      for (std::size_t i = 0; i < dimension; ++i) {
        minimum[i] = std::min(minimum[i], row[i]);
        maximum[i] = std::max(maximum[i], row[i]);
      }
    }
  });
  Ranges ranges{std::vector<float>(dimension), std::vector<float>(dimension, 1.0f)};
  if (tasks == 0) return ranges;
  for (std::size_t i = 0; i < dimension; ++i) {
    float minimum = minima[i];
    float maximum = maxima[i];
    for (std::size_t task = 1; task < tasks; ++task) {
      minimum = std::min(minimum, minima[task * dimension + i]);
      maximum = std::max(maximum, maxima[task * dimension + i]);
    }
    const float step = (maximum - minimum) / 255.0f;
    ranges.minimum[i] = minimum;
    if (step != 0) ranges.step[i] = step;
  }
  return ranges;
}

/// Writes the codes of a row of norm `norm`.
void encode_row(const float* row, double norm, const Ranges& ranges, float* scratch, std::int8_t* codes) {
  const std::size_t dimension = ranges.step.size();
  normalise(row, norm, dimension, scratch);
  for (std::size_t i = 0; i < dimension; ++i) {
    const float place = (scratch[i] - ranges.minimum[i]) / ranges.step[i] - 128.0f;
    codes[i] = static_cast<std::int8_t>(std::clamp(place, -128.0f, 127.0f));
  }
}

bool obey_pair_limit(const std::vector<std::int8_t>& codes) {
  for (std::size_t i = 0; i < codes.size(); i += 2) {
    if (std::abs(codes[i] + codes[i + 1]) > kPairLimit) return false;
  }
  return true;
}

/// Query codes as DotCodes takes them: where pairs exceed its limit, as two halves.
class Int8Queries : public QuantizedQueries {
 public:
  Int8Queries(const std::vector<std::int8_t>& codes, std::size_t count, std::size_t padded,
              const std::vector<std::uint8_t>& documents, const Kernels& kernels)
      : padded_(padded), documents_(documents), kernels_(kernels) {
    if (!kernels.adds_pairs_in_16_bits || obey_pair_limit(codes)) {
      add_part(codes, count);
    } else {
      std::vector<std::int8_t> half(codes.size());
      for (std::size_t i = 0; i < codes.size(); ++i) half[i] = static_cast<std::int8_t>(codes[i] / 2);
      add_part(half, count);
      for (std::size_t i = 0; i < codes.size(); ++i) half[i] = static_cast<std::int8_t>(codes[i] - codes[i] / 2);
      add_part(half, count);
    }
  }

  void scan(const SearchPart& part, QuantizedScratch& scratch, float* tile, std::size_t stride) const override {
    const std::size_t count = part.last_query - part.first_query;
    const std::size_t panels = (part.last - part.first + kDocumentsPerPanel - 1) / kDocumentsPerPanel;
    scratch.sums.resize(count * stride);
    for (const Part& codes : parts_) {
      kernels_.dot_codes(codes.codes.data() + part.first_query * padded_, count,
                         documents_.data() + part.first * padded_, panels, padded_,
                         codes.offsets.data() + part.first_query, scratch.sums.data(), stride);
      // Added as integers: a part's sum need not be exact in float32.
      if (&codes == parts_.data()) {
        scratch.totals = scratch.sums;
      } else {
        for (std::size_t i = 0; i < scratch.sums.size(); ++i) scratch.totals[i] += scratch.sums[i];
      }
    }
    for (std::size_t i = 0; i < count * stride; ++i) tile[i] = static_cast<float>(scratch.totals[i]);
  }

 private:
  struct Part {
    std::vector<std::int8_t> codes;     // [query][padded]
    std::vector<std::int32_t> offsets;  // [query]
  };

  void add_part(const std::vector<std::int8_t>& codes, std::size_t count) {
    std::vector<std::int32_t> offsets(count);
    for (std::size_t i = 0; i < codes.size(); ++i) offsets[i / padded_] -= 128 * codes[i];
    parts_.push_back({codes, std::move(offsets)});
  }

  std::vector<Part> parts_;
  std::size_t padded_;
  const std::vector<std::uint8_t>& documents_;
  const Kernels& kernels_;
};

class Int8Codes : public QuantizedCodes {
 public:
  Int8Codes(const Matrix& documents, const Execution& execution)
      : padded_((documents.dimension + kGroup - 1) / kGroup * kGroup) {
    const std::vector<double> norms = checked_norms("embeddings", documents, execution);
    ranges_ = ranges_of(documents, norms, execution);
    const std::size_t panels = (documents.count + kDocumentsPerPanel - 1) / kDocumentsPerPanel;
    codes_.resize(panels * kDocumentsPerPanel * padded_);
    for_row_ranges(documents.count, execution, [&](std::size_t first, std::size_t last) {
      std::vector<float> scratch(documents.dimension);
      std::vector<std::int8_t> codes(padded_);
      for (std::size_t d = first; d < last; ++d) {
        encode_row(documents.row(d), norms[d], ranges_, scratch.data(), codes.data());
        std::uint8_t* panel = codes_.data() + d / kDocumentsPerPanel * kDocumentsPerPanel * padded_;
        for (std::size_t i = 0; i < padded_; ++i) {
          panel[(i / kGroup * kDocumentsPerPanel + d % kDocumentsPerPanel) * kGroup + i % kGroup] =
              static_cast<std::uint8_t>(codes[i] + 128);
        }
      }
    });
  }

  std::size_t size_bytes() const noexcept override { return codes_.size() * sizeof(std::uint8_t); }

  std::unique_ptr<const QuantizedQueries> encode(const Matrix& queries, const Execution& execution) const override {
    const std::vector<double> norms = checked_norms("queries", queries, execution);
    std::vector<std::int8_t> codes(queries.count * padded_);
    for_row_ranges(queries.count, execution, [&](std::size_t first, std::size_t last) {
      std::vector<float> scratch(queries.dimension);
      for (std::size_t q = first; q < last; ++q)
        encode_row(queries.row(q), norms[q], ranges_, scratch.data(), codes.data() + q * padded_);
    });
    return std::make_unique<Int8Queries>(codes, queries.count, padded_, codes_, execution.kernels);
  }

 private:
  std::size_t padded_;
  Ranges ranges_;
  std::vector<std::uint8_t> codes_;  // panels of DotCodes
};

}  // namespace

std::unique_ptr<const QuantizedCodes> int8_codes(const Matrix& documents, const Execution& execution) {
  return std::make_unique<Int8Codes>(documents, execution);
}

}  // namespace tenbin
