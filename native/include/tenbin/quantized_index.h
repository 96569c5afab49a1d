#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tenbin/top_k.h"
#include "tenbin/vector_index.h"

namespace tenbin {

/// What documents and queries are reduced to. But for kFloat16 by dot, rows are first divided by their norm: the
/// square root of DotExact's sum rounded to float32, 1 for a norm of 0, and the division in float32.
enum class Precision {
  /// Components are rounded to IEEE half precision, ties to even; one beyond 65,504 is refused. The score is the dot
  /// product (DotExact's) of the rounded rows, rounded once to float32; it is not divided by their norms again.
  kFloat16,
  /// HAKARI's: with a dimension's smallest and largest value over the documents and step = (max - min) / 255, 1 for a
  /// step of 0, the code is (x - min) / step - 128 held in [-128, 127] and truncated towards zero; each operation in
  /// float32. Queries use the documents' ranges. The score is the dot product of the codes, rounded to float32.
  kInt8,
  /// A bit a dimension, x > 0. The score is minus the number of bits that differ.
  kBinary,
};

class QuantizedCodes;

/// Top-k by codes: every document is scored, but only as well as its code tells. Results are the same on every
/// instruction set and thread count.
class QuantizedIndex {
 public:
  /// A component of a row of more dimensions than this would not be counted exactly.
  static constexpr std::size_t kLargestDimension = 65536;

  /// Reads `documents` here only.
  /// @param tie_ranks see TieOrder; one rank a document.
  /// Throws InputError when sizes do not agree, a component is NaN or infinite or does not fit the precision, naming
  /// row and dimension; Cancelled when cancelled.
  static QuantizedIndex create(const Matrix& documents, Precision precision, Metric metric,
                               std::span<const std::uint32_t> tie_ranks, const Execution& execution);
  ~QuantizedIndex();
  QuantizedIndex(QuantizedIndex&&) noexcept;
  QuantizedIndex& operator=(QuantizedIndex&&) noexcept;

  /// Top k by score, then tie rank. Throws InputError for queries of another dimension or with a component as above, or
  /// an `out` of the wrong size; Cancelled when cancelled.
  void search(const Matrix& queries, const TopK& out, const Execution& execution) const;

  std::size_t size() const noexcept { return ties_.size(); }
  std::size_t dimension() const noexcept { return dimension_; }
  /// Bytes of memory that the index owns.
  std::size_t size_bytes() const noexcept;

 private:
  QuantizedIndex();

  std::size_t dimension_ = 0;
  TieOrder ties_;
  std::unique_ptr<const QuantizedCodes> codes_;
};

}  // namespace tenbin
