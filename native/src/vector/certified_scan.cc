#include "vector/certified_scan.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "topk/subset.h"
#include "vector/candidate_scoring.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueriesPerBlock = 252;
constexpr std::size_t kKernelRows = 12;             // whole groups of queries for every kernel
constexpr std::size_t kDocumentBytes = 192 * 1024;  // a block of codes stays in the second-level cache
constexpr std::size_t kMostPanels = CandidateSelection::kMostTogether / kDocumentsPerPanel;

/// From this share of all documents on, scanning them in float32 costs less than scoring candidates one by one.
constexpr std::size_t kCandidateShare = 4;

std::size_t most_candidates(std::size_t k, std::size_t documents) {
  return std::max(4 * k + 512, documents / kCandidateShare);
}

}  // namespace

struct CertifiedScan::CodedQueries {
  std::vector<std::int8_t> codes;  // [queries][padded]
  std::vector<std::int32_t> offsets;
  std::vector<QueryCodes> bounds;
};

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
  const CodedQueries queries = encode(part);
  std::vector<CandidateSelection> selections = scan(part, queries);
  return score(part, selections);
}

CertifiedScan::CodedQueries CertifiedScan::encode(const SearchPart& part) const {
  const std::size_t count = part.last_query - part.first_query;
  CodedQueries queries{std::vector<std::int8_t>(count * codes_.padded()), std::vector<std::int32_t>(count),
                       std::vector<QueryCodes>(count)};
  for (std::size_t q = 0; q < count; ++q) {
    const Query& query = target_.queries[part.first_query + q];
    queries.bounds[q] = codes_.encode(query.values, query.norm, target_.execution.kernels.query_code_limit,
                                      queries.codes.data() + q * codes_.padded(), &queries.offsets[q]);
  }
  return queries;
}

std::vector<CandidateSelection> CertifiedScan::scan(const SearchPart& part, const CodedQueries& queries) const {
  const Kernels& kernels = target_.execution.kernels;
  const std::size_t padded = codes_.padded();
  const std::size_t count = queries.bounds.size();
  std::vector<CandidateSelection> selections;
  selections.reserve(count);
  for (const QueryCodes& query : queries.bounds) selections.emplace_back(query, target_.k, most_candidates_, kernels);

  const std::size_t panel_bytes = padded * kDocumentsPerPanel;
  const std::size_t block_panels = std::clamp<std::size_t>(kDocumentBytes / panel_bytes / 2 * 2, 2, kMostPanels);
  const std::size_t width = block_panels * kDocumentsPerPanel;
  std::vector<std::int32_t> sums(kKernelRows * width);
  const std::size_t last_panel = (part.last + kDocumentsPerPanel - 1) / kDocumentsPerPanel;
  for (std::size_t panel = part.first / kDocumentsPerPanel; panel < last_panel; panel += block_panels) {
    target_.execution.cancellation.check();
    const std::size_t panels = std::min(block_panels, last_panel - panel);
    const std::size_t first = panel * kDocumentsPerPanel;
    CodedSums block{nullptr, codes_.scales() + first, codes_.residuals() + first, codes_.norms() + first,
                    panels * kDocumentsPerPanel};
    const bool all = target_.filter.empty() && first + block.count <= part.last;
    for (std::size_t group = 0; group < count; group += kKernelRows) {
      const std::size_t rows = std::min(kKernelRows, count - group);
      kernels.dot_codes(queries.codes.data() + group * padded, rows, codes_.panel(panel), panels, padded,
                        queries.offsets.data() + group, sums.data(), width);
      for (std::size_t r = 0; r < rows; ++r) {
        block.sums = sums.data() + r * width;
        if (all) {
          selections[group + r].offer(block, first);
        } else {
          selections[group + r].offer(block, first, [&](std::uint32_t document) {
            return document < part.last && allows(target_.filter, document);
          });
        }
      }
    }
  }
  return selections;
}

std::vector<std::vector<Key>> CertifiedScan::score(const SearchPart& part,
                                                   std::vector<CandidateSelection>& selections) {
  std::vector<Candidates> candidates;
  candidates.reserve(selections.size());
  for (CandidateSelection& selection : selections) candidates.push_back(selection.finish());
  const std::vector<CandidateScores> scores = score_candidates(target_, part.first_query, candidates);
  std::vector<std::vector<Key>> keys(selections.size());
  for (std::size_t q = 0; q < selections.size(); ++q) {
    target_.execution.cancellation.check();
    const Query& query = target_.queries[part.first_query + q];
    double reached = 0;
    std::vector<Key> best = best_candidates(target_, query, candidates[q], scores[q], reached);
    if (selections[q].failed() || !selections[q].complete_above(reached / query.norm)) {
      failed_[part.first_query + q].store(true, std::memory_order_relaxed);
    } else {
      keys[q] = std::move(best);
    }
    scored_.fetch_add(candidates[q].likely.size() + candidates[q].others.size(), std::memory_order_relaxed);
  }
  return keys;
}

}  // namespace tenbin
