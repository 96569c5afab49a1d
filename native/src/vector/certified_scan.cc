#include "vector/certified_scan.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "topk/subset.h"
#include "vector/candidate_scoring.h"
#include "vector/staged_scan.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueriesPerBlock = 252;
constexpr std::size_t kKernelRows = 12;             // the largest group of queries of any kernel
constexpr std::size_t kBlockRows = 6;               // blocks of whole half groups share the work more evenly
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
      queries_per_block_(
          std::clamp<std::size_t>(kSelectionBytes / (20 * most_candidates_ + 40 * target.k), 1, kQueriesPerBlock)),
      failed_(target.queries.size()) {}

void CertifiedScan::run(const std::function<void(std::size_t, std::vector<Key>&)>& write) {
  scored_ = scan_in_stages(
      target_, queries_per_block_, kBlockRows, [&](const SearchPart& part) { return scan(part); },
      [&](std::size_t q, const CandidateSelection& selection, const Candidates& candidates,
          const CandidateScores& scores) {
        const Query& query = target_.queries[q];
        double reached = 0;
        std::vector<Key> best = best_candidates(target_, query, candidates, scores, reached);
        failed_[q] = selection.failed() || !selection.complete_above(reached / query.norm);
        if (failed_[q]) best.clear();
        write(q, best);
      });
}

CertifiedScan::CodedQueries CertifiedScan::encode(const SearchPart& part) const {
  const std::size_t count = part.last_query - part.first_query;
  CodedQueries queries{std::vector<std::int8_t>(count * codes_.padded()), std::vector<std::int32_t>(count),
                       std::vector<QueryCodes>(count)};
  std::vector<float> scratch(target_.documents.dimension + 16);
  for (std::size_t q = 0; q < count; ++q) {
    const Query& query = target_.queries[part.first_query + q];
    queries.bounds[q] = codes_.encode(query.values, query.norm, target_.execution.kernels, scratch.data(),
                                      queries.codes.data() + q * codes_.padded(), &queries.offsets[q]);
  }
  return queries;
}

std::vector<CandidateSelection> CertifiedScan::scan(const SearchPart& part) const {
  const CodedQueries queries = encode(part);
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

}  // namespace tenbin
