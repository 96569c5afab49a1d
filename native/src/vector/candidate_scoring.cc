#include "vector/candidate_scoring.h"

#include <algorithm>
#include <limits>

#include "kernels/kernels.h"
#include "vector/document_queries.h"
#include "vector/prefetch.h"
#include "vector/search_plan.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueryBytes = 640 * 1024;  // of the queries scored together, in the second-level cache
constexpr std::size_t kFewestTogether = 16;
constexpr std::size_t kMostTogether = 1024;
constexpr std::size_t kPairsPerTask = 2048;
constexpr std::size_t kTasksPerThread = 4;

/// Candidates of the queries [first_query, last_query) among the documents [first, last).
struct ScoringPart {
  std::size_t first_query;
  std::size_t last_query;
  std::size_t first;
  std::size_t last;
};

class CandidateScoring {
 public:
  CandidateScoring(const ScanTarget& target, std::size_t first_query, std::span<const Candidates> candidates,
                   std::span<CandidateScores> scores)
      : target_(target), first_query_(first_query), candidates_(candidates), scores_(scores) {}

  void run() const {
    const std::size_t row_bytes = target_.documents.dimension * sizeof(float);
    const std::size_t most = std::clamp(kQueryBytes / row_bytes, kFewestTogether, kMostTogether);
    const std::size_t blocks = ceil_div(candidates_.size(), most);
    const std::size_t together = ceil_div(candidates_.size(), blocks);
    std::size_t pairs = 0;
    for (const Candidates& c : candidates_) pairs += c.likely.size() + c.others.size();
    const std::size_t documents = target_.documents.count;
    const std::size_t wanted = ceil_div(kTasksPerThread * target_.execution.pool.size(), blocks);
    const std::size_t spread = ceil_div(documents, std::clamp<std::size_t>(pairs / blocks / kPairsPerTask, 1, wanted));
    const std::size_t ranges = ceil_div(documents, spread);
    target_.execution.pool.parallel_for(blocks * ranges, [&](std::size_t task) {
      const std::size_t first_query = task % blocks * together;
      const std::size_t first = task / blocks * spread;
      score({first_query, std::min(first_query + together, candidates_.size()), first,
             std::min(first + spread, documents)});
    });
  }

 private:
  void score(const ScoringPart& part) const {
    const std::size_t queries = part.last_query - part.first_query;
    DocumentQueries likely(queries, part.first, part.last);
    DocumentQueries others(queries, part.first, part.last);
    for (std::size_t q = 0; q < queries; ++q) {
      likely.add(q, candidates_[part.first_query + q].likely);
      others.add(q, candidates_[part.first_query + q].others);
    }
    likely.sort();
    others.sort();

    const Matrix& documents = target_.documents;
    const Kernels& kernels = target_.execution.kernels;
    const float* query_rows = target_.query_rows.row(first_query_ + part.first_query);
    std::vector<double> exact(queries);
    std::vector<float> scanned(queries);
    PageTrail trail(target_.pages, part.first, part.last);
    while (likely.left() || others.left()) {
      const std::uint32_t document = std::min(likely.document(), others.document());
      const float* row = documents.row(document);
      const std::span<const std::uint32_t> exactly = likely.take(document);
      const std::span<const std::uint32_t> roughly = others.take(document);
      const std::uint32_t next = std::min(likely.document(), others.document());
      prefetch(documents, next, next + std::size_t{1});
      kernels.dot_exact(row, query_rows, documents.dimension, exactly.data(), exactly.size(), exact.data());
      for (std::size_t i = 0; i < exactly.size(); ++i) {
        const std::size_t q = part.first_query + exactly[i];
        scores_[q].likely[likely.pass_position(exactly[i])] =
            target_.exact.key_of(target_.queries[first_query_ + q], document, exact[i]);
      }
      kernels.dot_listed(row, query_rows, documents.dimension, roughly.data(), roughly.size(), scanned.data());
      for (std::size_t i = 0; i < roughly.size(); ++i) {
        const std::size_t q = part.first_query + roughly[i];
        scores_[q].others[others.pass_position(roughly[i])] = scanned[i] * target_.scale[document];
      }
      trail.passed(document);
      target_.execution.cancellation.check();
    }
  }

  const ScanTarget& target_;
  std::size_t first_query_;
  std::span<const Candidates> candidates_;
  std::span<CandidateScores> scores_;
};

}  // namespace

std::vector<CandidateScores> score_candidates(const ScanTarget& target, std::size_t first_query,
                                              std::span<const Candidates> candidates) {
  std::vector<CandidateScores> scores(candidates.size());
  for (std::size_t q = 0; q < candidates.size(); ++q) {
    scores[q].likely.resize(candidates[q].likely.size());
    scores[q].others.resize(candidates[q].others.size());
  }
  CandidateScoring(target, first_query, candidates, scores).run();
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
