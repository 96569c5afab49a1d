#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tenbin/quantized_index.h"
#include "vector/query_panels.h"
#include "vector/search_plan.h"

namespace tenbin {

/// Memory of one task, reused from block to block of the documents; its queries stay the same.
struct QuantizedScratch {
  std::optional<QueryPanels> queries;
  std::vector<float> rows;
  std::vector<float> ones;
  std::vector<std::int32_t> sums;
  std::vector<std::int32_t> totals;
};

/// The queries of one search in an index's precision, beside its documents.
class QuantizedQueries {
 public:
  virtual ~QuantizedQueries() = default;

  /// Scores of the queries of `part` for its documents: tile[(q - part.first_query) * stride + d - part.first].
  /// part.first is a multiple of 16; `stride` is one too, and not below the number of documents. The tile has whole
  /// panels of queries.
  virtual void scan(const SearchPart& part, QuantizedScratch& scratch, float* tile, std::size_t stride) const = 0;

  /// Bounds the difference between what `scan` wrote and the score of this query for any document.
  virtual double error_bound(std::size_t) const { return 0; }

  /// The score where `scan` wrote `scanned`; `document` counts from the first of the part that was scanned last.
  virtual float score(std::size_t, std::size_t /* document */, const QuantizedScratch&, float scanned) const {
    return scanned;
  }
};

/// The documents of an index in its precision.
class QuantizedCodes {
 public:
  virtual ~QuantizedCodes() = default;
  virtual std::size_t size_bytes() const noexcept = 0;
  /// Throws InputError for a component that is not finite or does not fit.
  virtual std::unique_ptr<const QuantizedQueries> encode(const Matrix& queries, const Execution& execution) const = 0;
};

std::unique_ptr<const QuantizedCodes> float16_codes(const Matrix& documents, Metric metric, const Execution& execution);
std::unique_ptr<const QuantizedCodes> int8_codes(const Matrix& documents, const Execution& execution);
std::unique_ptr<const QuantizedCodes> binary_codes(const Matrix& documents, const Execution& execution);

}  // namespace tenbin
