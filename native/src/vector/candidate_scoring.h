#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "topk/top_keys.h"
#include "vector/candidates.h"
#include "vector/scan_target.h"

namespace tenbin {

/// Of a query's candidates, in their order.
struct CandidateScores {
  std::vector<Key> likely;    // exact
  std::vector<float> others;  // in float32
};

/// Scores the candidates[q] of each query first_query + q, on all threads. Goes document by document: each comes from
/// memory once for all queries that are together in the second-level cache.
std::vector<CandidateScores> score_candidates(const ScanTarget& target, std::size_t first_query,
                                              std::span<const Candidates> candidates);

/// The k best candidates, best first: others are scored exactly where their float32 score leaves it open.
/// @param reached a scanned score that no other document than these reaches by its exact one; -infinity for fewer than
/// k candidates
std::vector<Key> best_candidates(const ScanTarget& target, const Query& query, const Candidates& candidates,
                                 const CandidateScores& scores, double& reached);

}  // namespace tenbin
