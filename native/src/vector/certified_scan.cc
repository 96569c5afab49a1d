#include "vector/certified_scan.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "topk/subset.h"
#include "vector/candidate_scoring.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueriesPerBlock = 252;
constexpr std::size_t kKernelRows = 12;             // the largest group of queries of any kernel
constexpr std::size_t kBlockRows = 6;               // blocks of whole half groups share the work more evenly
constexpr std::size_t kFinishedTogether = 16;       // queries of one task
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
  const std::size_t together = queries_per_block_ * target_.execution.pool.size();
  for (std::size_t first = 0; first < target_.queries.size(); first += together) {
    run(first, std::min(first + together, target_.queries.size()), write);
  }
}

void CertifiedScan::run(std::size_t first_query, std::size_t last_query,
                        const std::function<void(std::size_t, std::vector<Key>&)>& write) {
  std::vector<CandidateSelection> selections = select(first_query, last_query);
  std::vector<Candidates> candidates(selections.size());
  target_.execution.pool.parallel_for(ceil_div(selections.size(), kFinishedTogether), [&](std::size_t task) {
    const std::size_t last = std::min((task + 1) * kFinishedTogether, selections.size());
    for (std::size_t q = task * kFinishedTogether; q < last; ++q) candidates[q] = selections[q].finish();
  });
  for (const Candidates& c : candidates) scored_ += c.likely.size() + c.others.size();
  const std::vector<CandidateScores> scores = score_candidates(target_, first_query, candidates);
  target_.execution.pool.parallel_for(ceil_div(selections.size(), kFinishedTogether), [&](std::size_t task) {
    target_.execution.cancellation.check();
    const std::size_t last = std::min((task + 1) * kFinishedTogether, selections.size());
    for (std::size_t q = task * kFinishedTogether; q < last; ++q) {
      const Query& query = target_.queries[first_query + q];
      double reached = 0;
      std::vector<Key> best = best_candidates(target_, query, candidates[q], scores[q], reached);
      failed_[first_query + q] = selections[q].failed() || !selections[q].complete_above(reached / query.norm);
      if (failed_[first_query + q]) best.clear();
      write(first_query + q, best);
    }
  });
}

std::vector<CandidateSelection> CertifiedScan::select(std::size_t first_query, std::size_t last_query) const {
  const SearchPlan plan(last_query - first_query, target_.documents.count, queries_per_block_, kBlockRows,
                        target_.execution.pool.size());
  std::vector<std::vector<CandidateSelection>> found(plan.tasks());  // [block][shard]
  target_.execution.pool.parallel_for(found.size(), [&](std::size_t task) {
    SearchPart part = plan.part(task);
    part.first_query += first_query;
    part.last_query += first_query;
    found[task] = scan(part);
  });
  std::vector<CandidateSelection> selections;
  selections.reserve(last_query - first_query);
  for (std::size_t block = 0; block < plan.query_blocks; ++block) {
    std::vector<CandidateSelection>& whole = found[block * plan.shards];
    for (std::size_t q = 0; q < whole.size(); ++q) {
      for (std::size_t shard = 1; shard < plan.shards; ++shard) whole[q].join(found[block * plan.shards + shard][q]);
      selections.push_back(std::move(whole[q]));
    }
  }
  return selections;
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
