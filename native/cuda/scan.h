#pragma once

#include <cstddef>
#include <cstdint>

#include "simt.h"

namespace tenbin {

// What the scans share. A scan is a matrix product of bfloat16 codes on the tensor cores whose results are compared
// with each query's threshold where they are made, so that scores never reach memory.

/// Scored as far as the scan goes: [queries, capacity] each, of which counts[q] are there.
struct Candidates {
  std::uint32_t* documents;
  float* upper;
  float* lower;
  /// [queries]; above the capacity when there was no room for some.
  std::uint32_t* counts;
  std::uint32_t capacity;
};

struct ScanArguments {
  const std::uint16_t* queries;    // whole tiles
  const std::uint16_t* documents;  // an even number of whole tiles of rows
  const float* residuals;          // [last or more]
  const float* norms;              // [last or more]
  const float* by_residual;        // [query_count]
  const float* by_norm;            // [query_count]
  const float* slack;              // [query_count]
  const float* thresholds;         // [query_count], NaN for queries to leave alone
  Candidates candidates;
  std::uint32_t tiles;  // of a row
  std::uint32_t query_count;
  std::uint32_t first;
  std::uint32_t last;
};

/// What a query's scores are compared with.
struct QueryBound {
  float threshold;
  float by_residual;
  float by_norm;
  float slack;
};

/// A query that does not exist is one to leave alone.
SIMT_FUNCTION QueryBound bound_of_query(const ScanArguments& s, std::uint32_t query) {
  constexpr std::uint32_t kNaN = 0x7fc00000u;
  if (query >= s.query_count) return {simt::float_of(kNaN), 0, 0, 0};
  return {s.thresholds[query], s.by_residual[query], s.by_norm[query], s.slack[query]};
}

/// Makes a document of the slice a candidate when its upper bound reaches the threshold.
SIMT_FUNCTION void offer(const ScanArguments& s, std::uint32_t query, const QueryBound& bound, std::uint32_t document,
                         float scanned, float residual, float norm) {
  const float width = residual * bound.by_residual + norm * bound.by_norm + bound.slack;
  // Not so for a threshold that is NaN.
  const bool reaches = scanned + width >= bound.threshold;
  if (!reaches || document < s.first || document >= s.last) return;
  const std::uint32_t at = simt::atomic_add(&s.candidates.counts[query], 1);
  if (at >= s.candidates.capacity) return;
  const std::size_t to = static_cast<std::size_t>(query) * s.candidates.capacity + at;
  s.candidates.documents[to] = document;
  s.candidates.upper[to] = scanned + width;
  s.candidates.lower[to] = scanned - width;
}

}  // namespace tenbin
