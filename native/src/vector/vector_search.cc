#include <algorithm>
#include <atomic>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "kernels/kernels.h"
#include "tenbin/errors.h"
#include "tenbin/vector_index.h"
#include "topk/subset.h"
#include "vector/aligned_array.h"
#include "vector/certified_scan.h"
#include "vector/document_pages.h"
#include "vector/float32_scan.h"
#include "vector/norms.h"

namespace tenbin {

namespace {

/// A filter that lets fewer than one in so many documents through is a list of candidates.
constexpr std::size_t kFilterShare = 32;

/// Above this share of the corpus, k leaves nothing for the codes to keep out.
constexpr std::size_t kTopShare = 4;

/// Documents scored between two looks at the cancellation.
constexpr std::size_t kBetweenChecks = 4096;

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

}  // namespace

/// One search of an index that has documents, for at least one query.
class VectorSearch {
 public:
  VectorSearch(const VectorIndex& index, const Matrix& queries, std::span<const double> norms, const TopK& out,
               const Execution& execution)
      : index_(index),
        matrix_(queries),
        out_(out),
        execution_(execution),
        pages_(index.file_.get(), index.documents_),
        exact_(index.documents_, index.metric_, index.norms_, index.ties_, execution.kernels, pages_) {
    queries_.reserve(queries.count);
    for (std::size_t q = 0; q < queries.count; ++q) {
      queries_.push_back({queries.row(q), norms[q], error_bound(index, norms[q], index.largest_norm_)});
    }
  }

  ~VectorSearch() { pages_.release_all(); }
  VectorSearch(const VectorSearch&) = delete;
  VectorSearch& operator=(const VectorSearch&) = delete;

  SearchReport run(const Subset& subset) {
    if (!subset.candidates.offsets.empty()) {
      return score_listed([&](std::size_t q) { return subset.candidates.row(q); });
    }
    // The bits are copied: a caller may change its own while the search runs.
    filter_.assign(subset.filter.begin(), subset.filter.end());
    if (!filter_.empty()) {
      const auto allowed = allowed_documents(filter_, index_.size());
      if (allowed.size() <= index_.size() / kFilterShare) {
        return score_listed([&](std::size_t) { return std::span<const std::uint32_t>(allowed); });
      }
    }
    std::vector<std::size_t> all(queries_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    SearchReport report;
    if (index_.codes_ && out_.k <= index_.size() / kTopShare) {
      all = scan_codes(report);
      report.fallbacks = all.size();
    }
    if (!all.empty()) scan_float32(all);
    return report;
  }

 private:
  /// Scores the documents of `documents_of(query)`, and no others.
  template <typename DocumentsOf>
  SearchReport score_listed(const DocumentsOf& documents_of) {
    std::atomic<std::size_t> scored = 0;
    execution_.pool.parallel_for(queries_.size(), [&](std::size_t q) {
      const std::span<const std::uint32_t> documents = documents_of(q);
      std::vector<Key> keys(documents.size());
      for (std::size_t begin = 0; begin < documents.size(); begin += kBetweenChecks) {
        execution_.cancellation.check();
        const std::size_t count = std::min(kBetweenChecks, documents.size() - begin);
        exact_.score(queries_[q], documents.subspan(begin, count), keys.data() + begin);
      }
      std::sort(keys.begin(), keys.end(), std::greater<>());
      scored.fetch_add(keys.size(), std::memory_order_relaxed);
      write(q, keys);
    });
    return {.fallbacks = 0, .scored = scored};
  }

  /// Returns the queries that it has no ranking for, ascending.
  std::vector<std::size_t> scan_codes(SearchReport& report) {
    std::vector<std::size_t> rest;
    std::vector<std::size_t> wanted;
    for (std::size_t q = 0; q < queries_.size(); ++q) (in_scan_range(queries_[q].norm) ? wanted : rest).push_back(q);
    if (wanted.empty()) return rest;
    with_target(wanted, [&](const ScanTarget& target) {
      CertifiedScan scan(target, *index_.codes_);
      scan.run([&](std::size_t i, std::vector<Key>& keys) { write(wanted[i], keys); });
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (scan.failed(i)) rest.push_back(wanted[i]);
      }
      report.scored = scan.scored();
    });
    std::sort(rest.begin(), rest.end());
    return rest;
  }

  /// @param wanted queries, ascending.
  void scan_float32(const std::vector<std::size_t>& wanted) {
    with_target(wanted, [&](const ScanTarget& target) {
      Float32Scan(target).run([&](std::size_t i, std::vector<Key>& keys) { write(wanted[i], keys); });
    });
  }

  /// Calls `scan` with what there is to scan for the queries `wanted`, ascending, whose query i is wanted[i].
  template <typename Scan>
  void with_target(const std::vector<std::size_t>& wanted, const Scan& scan) {
    // Copied one behind the other, and to where no load of a register touches two cache lines.
    const std::size_t dimension = matrix_.dimension;
    const AlignedArray<float> values(wanted.size() * dimension);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      std::copy_n(matrix_.row(wanted[i]), dimension, values.get() + i * dimension);
    }
    const Matrix rows{{values.get(), wanted.size() * dimension}, wanted.size(), dimension};
    std::vector<Query> queries;
    queries.reserve(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      queries.push_back(queries_[wanted[i]]);
      queries.back().values = rows.row(i);
    }
    scan(ScanTarget{index_.documents_, pages_, index_.metric_, queries, rows, exact_, index_.scale_, filter_, out_.k,
                    execution_});
  }

  void write(std::size_t query, std::vector<Key>& keys) const {
    keys.resize(std::min(keys.size(), out_.k));
    write_row(out_, query, keys, index_.ties_);
  }

  const VectorIndex& index_;
  const Matrix& matrix_;
  const TopK& out_;
  const Execution& execution_;
  DocumentPages pages_;
  ExactScorer exact_;
  std::vector<Query> queries_;
  std::vector<std::uint8_t> filter_;
};

SearchReport VectorIndex::search(const Matrix& queries, const Subset& subset, const TopK& out,
                                 const Execution& execution) const {
  if (queries.dimension != dimension()) {
    throw InputError("queries have " + std::to_string(queries.dimension) + " dimensions, documents have " +
                     std::to_string(dimension()));
  }
  check_top_k(out, queries.count, size());
  check_subset(subset, queries.count, size());
  const std::vector<double> norms = checked_norms("queries", queries, execution);
  if (queries.count == 0) return {};
  if (size() == 0) {
    std::fill_n(out.counts.begin(), queries.count, 0);
    return {};
  }
  return VectorSearch(*this, queries, norms, out, execution).run(subset);
}

}  // namespace tenbin
