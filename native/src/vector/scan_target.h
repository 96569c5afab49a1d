#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tenbin/vector_index.h"
#include "vector/document_pages.h"
#include "vector/query_selection.h"

namespace tenbin {

/// What a scan looks through, and for what.
struct ScanTarget {
  const Matrix& documents;
  const DocumentPages& pages;
  Metric metric;
  const std::vector<Query>& queries;
  /// Their values, one behind the other.
  const Matrix& query_rows;
  const ExactScorer& exact;
  /// [documents], see VectorIndex.
  const std::vector<float>& scale;
  std::span<const std::uint8_t> filter;
  std::size_t k;
  const Execution& execution;
};

/// Memory of one task's waiting documents, when k is large.
inline constexpr std::size_t kSelectionBytes = 64 * 1024 * 1024;

}  // namespace tenbin
