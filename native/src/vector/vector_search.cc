#include <algorithm>
#include <atomic>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "kernels/kernels.h"
#include "tenbin/errors.h"
#include "tenbin/vector_index.h"
#include "topk/subset.h"
#include "vector/certified_scan.h"
#include "vector/float32_scan.h"
#include "vector/norms.h"

namespace tenbin {

namespace {

/// A filter that lets fewer than one in so many documents through is a list of candidates.
constexpr std::size_t kFilterShare = 32;

/// Above this share of the corpus, k leaves nothing for the codes to keep out.
constexpr std::size_t kTopShare = 16;

/// Bounds |scanned - exact * scan unit|: gamma(d) of the float32 dot product, the scale's, the product's and the
/// final score's roundings, with room to spare for underflow (see in_scan_range).
double error_bound(const VectorIndex& index, double query_norm, double largest_norm) {
  constexpr double kUnit = 0x1p-24;
  if (!in_scan_range(query_norm)) return std::numeric_limits<double>::infinity();
  const double roundings = static_cast<double>(index.dimension()) + 16;
  if (roundings * kUnit > 0.5) return std::numeric_limits<double>::infinity();  // gamma is only defined below 1
  const double gamma = roundings * kUnit / (1 - roundings * kUnit);
  return gamma * query_norm * (index.metric() == Metric::kCosine ? 1.0 : largest_norm);
}

std::vector<std::uint32_t> allowed_documents(std::span<const std::uint8_t> filter, std::size_t size) {
  std::vector<std::uint32_t> documents;
  for (std::uint32_t d = 0; d < size; ++d) {
    if (allows(filter, d)) documents.push_back(d);
  }
  return documents;
}

/// Rows of `matrix`, copied one behind the other.
std::vector<float> gather(const Matrix& matrix, const std::vector<std::size_t>& rows) {
  std::vector<float> values;
  values.reserve(rows.size() * matrix.dimension);
  for (const std::size_t row : rows) values.insert(values.end(), matrix.row(row), matrix.row(row) + matrix.dimension);
  return values;
}

}  // namespace

SearchReport VectorIndex::search(const Matrix& queries, const Subset& subset, const TopK& out,
                                 const Execution& execution) const {
  if (queries.dimension != dimension()) {
    throw InputError("queries have " + std::to_string(queries.dimension) + " dimensions, documents have " +
                     std::to_string(dimension()));
  }
  check_top_k(out, queries.count, size());
  check_subset(subset, queries.count, size());
  const std::vector<double> norms = checked_norms("queries", queries, execution);
  SearchReport report;
  if (queries.count == 0) return report;
  if (size() == 0) {
    std::fill_n(out.counts.begin(), queries.count, 0);
    return report;
  }
  std::vector<Query> prepared;
  prepared.reserve(queries.count);
  for (std::size_t q = 0; q < queries.count; ++q) {
    prepared.push_back({queries.row(q), norms[q], error_bound(*this, norms[q], largest_norm_)});
  }
  const ExactScorer exact(documents_, metric_, norms_, ties_, execution.kernels);
  const auto write = [&](std::size_t query, std::vector<Key>& keys) {
    keys.resize(std::min(keys.size(), out.k));
    write_row(out, query, keys, ties_);
  };

  const bool listed = !subset.candidates.offsets.empty();
  // The bits are copied: a caller may change its own while the search runs.
  const std::vector<std::uint8_t> filter(subset.filter.begin(), subset.filter.end());
  const std::vector<std::uint32_t> allowed =
      filter.empty() ? std::vector<std::uint32_t>() : allowed_documents(filter, size());
  if (listed || (!filter.empty() && allowed.size() <= size() / kFilterShare)) {
    std::atomic<std::size_t> scored = 0;
    execution.pool.parallel_for(queries.count, [&](std::size_t q) {
      const auto candidates = listed ? subset.candidates.row(q) : std::span<const std::uint32_t>(allowed);
      std::vector<Key> keys;
      keys.reserve(candidates.size());
      for (const std::uint32_t document : candidates) {
        if (keys.size() % 4096 == 0) execution.cancellation.check();
        keys.push_back(exact(prepared[q], document));
      }
      std::sort(keys.begin(), keys.end(), std::greater<>());
      scored.fetch_add(keys.size(), std::memory_order_relaxed);
      write(q, keys);
    });
    report.scored = scored;
    return report;
  }

  std::vector<std::size_t> rest;  // queries for the scan in float32
  if (codes_ && out.k <= size() / kTopShare) {
    std::vector<Query> certifiable;
    std::vector<std::size_t> rows;
    for (std::size_t q = 0; q < queries.count; ++q) {
      if (!in_scan_range(norms[q])) {
        rest.push_back(q);
        continue;
      }
      certifiable.push_back(prepared[q]);
      rows.push_back(q);
    }
    if (!rows.empty()) {
      const ScanTarget target{documents_, metric_, certifiable, exact, scale_, filter, out.k, execution};
      CertifiedScan scan(target, *codes_);
      scan.plan().run(
          execution.pool, [&](const SearchPart& part) { return scan.run(part); },
          [&](std::size_t i, std::vector<Key>& keys) { write(rows[i], keys); });
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (scan.failed(i)) rest.push_back(rows[i]);
      }
      report.scored = scan.scored();
    }
    std::sort(rest.begin(), rest.end());
    report.fallbacks = rest.size();
    if (rest.empty()) return report;
  } else {
    for (std::size_t q = 0; q < queries.count; ++q) rest.push_back(q);
  }

  const bool whole = rest.size() == queries.count;
  const std::vector<float> gathered = whole ? std::vector<float>() : gather(queries, rest);
  const Matrix scanned = whole ? queries : Matrix{gathered, rest.size(), queries.dimension};
  std::vector<Query> again;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    again.push_back(prepared[rest[i]]);
    again.back().values = scanned.row(i);
  }
  const ScanTarget target{documents_, metric_, again, exact, scale_, filter, out.k, execution};
  const Float32Scan scan(target, scanned);
  scan.plan().run(
      execution.pool, [&](const SearchPart& part) { return scan.run(part); },
      [&](std::size_t i, std::vector<Key>& keys) { write(rest[i], keys); });
  return report;
}

}  // namespace tenbin
