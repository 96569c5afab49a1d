#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "vector/candidate_scoring.h"
#include "vector/scan_target.h"
#include "vector/search_plan.h"

namespace tenbin {

/// Searches in stages of all threads, so that a document that several queries want comes from memory once: parts are
/// scanned, which leaves candidates; all of those are scored; each query's best are chosen. As many queries go through
/// the stages together as `threads` blocks of `most_queries` have.
///
/// @param group see SearchPlan
/// @param scan `scan(part)` gives a selection a query, which has join(later), of the documents behind its own, and
/// finish(), which gives Candidates
/// @param finish `finish(query, selection, candidates, scores)`, on any thread
/// @return how many candidates were scored
template <typename Scan, typename Finish>
std::size_t scan_in_stages(const ScanTarget& target, std::size_t most_queries, std::size_t group, const Scan& scan,
                           const Finish& finish) {
  constexpr std::size_t kFinishedTogether = 16;  // queries of one task
  ThreadPool& pool = target.execution.pool;
  const auto for_each = [&](std::size_t count, const auto& work) {
    pool.parallel_for(ceil_div(count, kFinishedTogether), [&](std::size_t task) {
      target.execution.cancellation.check();
      const std::size_t last = std::min((task + 1) * kFinishedTogether, count);
      for (std::size_t i = task * kFinishedTogether; i < last; ++i) work(i);
    });
  };
  std::size_t scored = 0;
  const std::size_t together = most_queries * pool.size();
  for (std::size_t first = 0; first < target.queries.size(); first += together) {
    const std::size_t count = std::min(together, target.queries.size() - first);
    const SearchPlan plan(count, target.documents.count, most_queries, group, pool.size());
    std::vector<decltype(scan(SearchPart{}))> found(plan.tasks());  // [block][shard]
    pool.parallel_for(found.size(), [&](std::size_t task) {
      SearchPart part = plan.part(task);
      part.first_query += first;
      part.last_query += first;
      found[task] = scan(part);
    });
    std::vector<Candidates> candidates(count);
    const auto whole = [&](std::size_t q) { return q / plan.queries_per_block * plan.shards; };
    for_each(count, [&](std::size_t q) {
      auto& selection = found[whole(q)][q % plan.queries_per_block];
      for (std::size_t shard = 1; shard < plan.shards; ++shard) {
        selection.join(found[whole(q) + shard][q % plan.queries_per_block]);
      }
      candidates[q] = selection.finish();
    });
    for (const Candidates& c : candidates) scored += c.likely.size() + c.others.size();
    const std::vector<CandidateScores> scores = score_candidates(target, first, candidates);
    for_each(count, [&](std::size_t q) {
      finish(first + q, found[whole(q)][q % plan.queries_per_block], candidates[q], scores[q]);
    });
  }
  return scored;
}

}  // namespace tenbin
