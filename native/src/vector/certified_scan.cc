#include "vector/certified_scan.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "topk/subset.h"
#include "vector/candidate_selection.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueriesPerBlock = 252;
constexpr std::size_t kKernelRows = 12;             // whole groups of queries for every kernel
constexpr std::size_t kDocumentBytes = 192 * 1024;  // a block of codes stays in the second-level cache
constexpr std::size_t kMostPanels = 16;

/// From this share of all documents on, scanning them in float32 costs less than scoring candidates one by one.
constexpr std::size_t kCandidateShare = 4;

std::size_t most_candidates(std::size_t k, std::size_t documents) {
  return std::max(4 * k + 512, documents / kCandidateShare);
}

}  // namespace

CertifiedScan::CertifiedScan(const ScanTarget& target, const DocumentCodes& codes)
    : target_(target),
      codes_(codes),
      most_candidates_(most_candidates(target.k, target.documents.count)),
      failed_(new std::atomic<bool>[target.queries.size()]()) {}

SearchPlan CertifiedScan::plan() const {
  const std::size_t affordable = std::max<std::size_t>(1, kSelectionBytes / (12 * most_candidates_ + 32 * target_.k));
  return {target_.queries.size(), target_.documents.count, std::min(kQueriesPerBlock, affordable), kKernelRows,
          target_.execution.pool.size()};
}

std::vector<std::vector<Key>> CertifiedScan::run(const SearchPart& part) {
  const Kernels& kernels = target_.execution.kernels;
  const std::size_t count = part.last_query - part.first_query;
  const std::size_t padded = codes_.padded();
  std::vector<std::int8_t> query_codes(count * padded);
  std::vector<std::int32_t> offsets(count);
  std::vector<QueryCodes> encoded(count);
  std::vector<CandidateSelection> selections;
  selections.reserve(count);
  for (std::size_t q = 0; q < count; ++q) {
    const Query& query = target_.queries[part.first_query + q];
    encoded[q] =
        codes_.encode(query.values, query.norm, kernels.query_code_limit, query_codes.data() + q * padded, &offsets[q]);
    selections.emplace_back(encoded[q], target_.k, most_candidates_);
  }

  const std::size_t panel_bytes = padded * kDocumentsPerPanel;
  const std::size_t block_panels = std::clamp<std::size_t>(kDocumentBytes / panel_bytes / 2 * 2, 2, kMostPanels);
  const std::size_t width = block_panels * kDocumentsPerPanel;
  std::vector<std::int32_t> sums(kKernelRows * width);
  std::vector<std::uint32_t> found(width + kCollectPadding);
  const std::size_t last_panel = (part.last + kDocumentsPerPanel - 1) / kDocumentsPerPanel;
  for (std::size_t panel = part.first / kDocumentsPerPanel; panel < last_panel; panel += block_panels) {
    target_.execution.cancellation.check();
    const std::size_t panels = std::min(block_panels, last_panel - panel);
    const std::size_t first = panel * kDocumentsPerPanel;
    const float* scales = codes_.scales() + first;
    const float* residuals = codes_.residuals() + first;
    const float* norms = codes_.norms() + first;
    for (std::size_t group = 0; group < count; group += kKernelRows) {
      const std::size_t rows = std::min(kKernelRows, count - group);
      kernels.dot_codes(query_codes.data() + group * padded, rows, codes_.panel(panel), panels, padded,
                        offsets.data() + group, sums.data(), width);
      for (std::size_t r = 0; r < rows; ++r) {
        CandidateSelection& selection = selections[group + r];
        if (selection.failed()) continue;
        const QueryCodes& query = encoded[group + r];
        const std::int32_t* row = sums.data() + r * width;
        const std::size_t reached =
            kernels.collect_bounded(row, scales, residuals, norms, panels * kDocumentsPerPanel, query.scale,
                                    query.by_residual, query.by_norm, selection.threshold(), found.data());
        for (std::size_t i = 0; i < reached && !selection.failed(); ++i) {
          const std::size_t at = found[i];
          const std::size_t document = first + at;
          if (document >= part.last || !allows(target_.filter, static_cast<std::uint32_t>(document))) continue;
          const double scanned =
              static_cast<double>(row[at]) * static_cast<double>(scales[at]) * static_cast<double>(query.scale);
          const double bound = static_cast<double>(residuals[at]) * static_cast<double>(query.by_residual) +
                               static_cast<double>(norms[at]) * static_cast<double>(query.by_norm);
          selection.offer(scanned, bound, static_cast<std::uint32_t>(document));
        }
      }
    }
  }

  std::vector<std::vector<Key>> keys(count);
  std::size_t scored = 0;
  for (std::size_t q = 0; q < count; ++q) {
    target_.execution.cancellation.check();
    if (selections[q].failed()) {
      failed_[part.first_query + q].store(true, std::memory_order_relaxed);
    } else {
      keys[q] = selections[q].finish(target_.queries[part.first_query + q], target_, scored);
    }
  }
  scored_.fetch_add(scored, std::memory_order_relaxed);
  return keys;
}

}  // namespace tenbin
