#include "vector/candidate_selection.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"

namespace tenbin {

namespace {

constexpr std::size_t kBetweenThresholds = 32;
/// How many rows ahead one is fetched: rows are far apart, and a few are on their way at a time.
constexpr std::size_t kAhead = 3;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

float rounded_down(double x) {
  const auto rounded = static_cast<float>(x);
  return static_cast<double>(rounded) > x ? std::nextafter(rounded, -kInfinity) : rounded;
}

void prefetch([[maybe_unused]] const float* row, [[maybe_unused]] std::size_t dimension) {
#if defined(__GNUC__)
  constexpr std::size_t kFloatsPerLine = 16;
  for (std::size_t i = 0; i < dimension; i += kFloatsPerLine) __builtin_prefetch(row + i);
#endif
}

}  // namespace

CandidateSelection::CandidateSelection(const QueryCodes& query, std::size_t k, std::size_t most)
    : query_(query), k_(k), most_(most), limit_(std::min(2 * k + 128, most)) {}

void CandidateSelection::offer(double scanned, double width, std::uint32_t document) {
  // Rounded to nearest: the slack of the bounds covers that.
  const double bound = width + query_.slack;
  candidates_.push_back({static_cast<float>(scanned + bound), static_cast<float>(scanned - bound), document});
  if (candidates_.size() < limit_) return;
  drop_hopeless();
  limit_ = std::max(limit_, 2 * candidates_.size());
  if (limit_ <= most_) return;
  failed_ = true;
  candidates_ = {};
  threshold_ = kInfinity;
}

void CandidateSelection::drop_hopeless() {
  if (candidates_.size() < k_) return;
  const auto kth = candidates_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
  std::nth_element(candidates_.begin(), kth, candidates_.end(),
                   [](const Candidate& a, const Candidate& b) { return a.lower > b.lower; });
  // What is offered is compared without its slack.
  threshold_ = std::max(threshold_, rounded_down(static_cast<double>(kth->lower) - query_.slack));
  std::erase_if(candidates_, [bound = kth->lower](const Candidate& c) { return c.upper < bound; });
}

std::vector<Key> CandidateSelection::finish(const Query& query, const ScanTarget& target, std::size_t& scored) {
  drop_hopeless();
  std::sort(candidates_.begin(), candidates_.end(),
            [](const Candidate& a, const Candidate& b) { return a.upper > b.upper; });
  const Matrix& documents = target.documents;
  QuerySelection selection(query, target.exact, target.metric, k_);
  float needed = -kInfinity;
  std::size_t i = 0;
  for (; i < candidates_.size() && candidates_[i].upper >= needed; ++i) {
    if (i + kAhead < candidates_.size()) prefetch(documents.row(candidates_[i + kAhead].document), documents.dimension);
    const std::uint32_t document = candidates_[i].document;
    float score;
    target.execution.kernels.dot_tile(query.values, 1, documents.row(document), 1, documents.dimension,
                                      &target.scale[document], &score, 1);
    selection.offer(score, document);
    if (i + 1 < k_ || (i + 1 - k_) % kBetweenThresholds != 0) continue;
    selection.drop_hopeless();
    const double reachable = (static_cast<double>(selection.threshold()) - query.error_bound) / query.norm;
    needed = rounded_down(reachable - query_.mean_dot - query_.slack);
  }
  scored += i;
  return selection.finish();
}

}  // namespace tenbin
