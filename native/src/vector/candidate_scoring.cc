#include "vector/candidate_scoring.h"

#include <algorithm>
#include <limits>

#include "kernels/kernels.h"
#include "vector/prefetch.h"

namespace tenbin {

namespace {

constexpr std::size_t kWindowBytes = 768 * 1024;  // of documents, in the second-level cache
constexpr std::size_t kFewestRows = 4;

/// The first of `documents`, ascending, that is `end` or beyond, from position `from` on.
std::size_t first_beyond(const std::vector<std::uint32_t>& documents, std::size_t from, std::size_t end) {
  while (from < documents.size() && documents[from] < end) ++from;
  return from;
}

}  // namespace

std::vector<CandidateScores> score_candidates(const ScanTarget& target, std::size_t first_query,
                                              std::span<const Candidates> candidates) {
  const Matrix& documents = target.documents;
  std::vector<CandidateScores> scores(candidates.size());
  std::size_t first = documents.count;
  std::size_t count = 0;
  for (std::size_t q = 0; q < candidates.size(); ++q) {
    const auto& [likely, others] = candidates[q];
    scores[q].likely.reserve(likely.size());
    scores[q].others.resize(others.size());
    count += likely.size() + others.size();
    if (!likely.empty()) first = std::min<std::size_t>(first, likely.front());
    if (!others.empty()) first = std::min<std::size_t>(first, others.front());
  }

  const std::size_t window = std::max(kFewestRows, kWindowBytes / (documents.dimension * sizeof(float)));
  const bool most_are_wanted = count >= documents.count;
  std::vector<std::size_t> done(candidates.size());
  PageTrail trail(target.pages, first, documents.count);
  for (std::size_t left = count; left > 0; first += window) {
    target.execution.cancellation.check();
    trail.passed(first);
    const std::size_t end = first + window;
    for (std::size_t q = 0; q < candidates.size(); ++q) {
      const Query& query = target.queries[first_query + q];
      const auto& [likely, others] = candidates[q];
      auto& keys = scores[q].likely;
      for (std::size_t i = keys.size(); i < likely.size() && likely[i] < end; ++i, --left) {
        keys.push_back(target.exact(query, likely[i]));
      }
      const std::size_t last = first_beyond(others, done[q], end);
      target.execution.kernels.dot_listed(query.values, documents.data.data(), documents.dimension,
                                          others.data() + done[q], last - done[q], target.scale.data(),
                                          scores[q].others.data() + done[q]);
      left -= last - done[q];
      done[q] = last;
      // A share of the next window, so that its documents are on their way while this one's are scored.
      if (most_are_wanted) {
        prefetch(documents, end + q * window / candidates.size(), end + (q + 1) * window / candidates.size());
      }
    }
  }
  return scores;
}

std::vector<Key> best_candidates(const ScanTarget& target, const Query& query, const Candidates& candidates,
                                 const CandidateScores& scores, double& reached) {
  const double scan_unit = target.metric == Metric::kCosine ? query.norm : 1.0;
  TopKeys best(target.k);
  const auto reached_by_best = [&] {
    if (!best.full()) return -std::numeric_limits<double>::infinity();
    return static_cast<double>(score_of(best.kth())) * scan_unit - query.error_bound;
  };
  for (const Key key : scores.likely) best.push(key);
  reached = reached_by_best();
  for (std::size_t i = 0; i < candidates.others.size(); ++i) {
    // A NaN stands for a document outside the range of the bound.
    const bool hopeless = static_cast<double>(scores.others[i]) < reached;
    if (!hopeless) best.push(target.exact(query, candidates.others[i]));
  }
  reached = reached_by_best();
  return best.sorted();
}

}  // namespace tenbin
