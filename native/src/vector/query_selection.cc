#include "vector/query_selection.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tenbin {

QuerySelection::QuerySelection(const Query& query, const ExactScorer& exact, Metric metric, std::size_t k)
    : query_(query),
      exact_(exact),
      scan_unit_(metric == Metric::kCosine ? query.norm : 1.0),
      k_(k),
      limit_(2 * k + 256),
      threshold_(-std::numeric_limits<float>::infinity()),
      best_(k) {}

void QuerySelection::offer(float scanned, std::uint32_t document) {
  if (std::isnan(scanned)) {
    best_.push(exact_(query_, document));
    return;
  }
  waiting_.push_back({scanned, document});
  if (waiting_.size() < limit_) return;
  drop_hopeless();
  if (waiting_.size() > limit_ - k_ / 2) score_waiting();
}

/// The k-th best waiting document scores at least its scanned score less the bound, so one whose scanned score is two
/// bounds lower scores less than k others.
void QuerySelection::drop_hopeless() {
  if (waiting_.size() < k_) return;
  const auto kth = waiting_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
  std::nth_element(waiting_.begin(), kth, waiting_.end(),
                   [](const Waiting& a, const Waiting& b) { return a.scanned > b.scanned; });
  raise_threshold(static_cast<double>(kth->scanned) - 2 * query_.error_bound);
  std::erase_if(waiting_, [this](const Waiting& w) { return w.scanned < threshold_; });
}

void QuerySelection::score_waiting() {
  for (const Waiting& w : waiting_) best_.push(exact_(query_, w.document));
  waiting_.clear();
  if (!best_.full()) return;
  raise_threshold(static_cast<double>(score_of(best_.kth())) * scan_unit_ - query_.error_bound);
}

void QuerySelection::raise_threshold(double score) {
  // Rounded down: a document on the threshold must pass.
  auto rounded = static_cast<float>(score);
  if (static_cast<double>(rounded) > score) {
    rounded = std::nextafter(rounded, -std::numeric_limits<float>::infinity());
  }
  threshold_ = std::max(threshold_, rounded);
}

const std::vector<Key>& QuerySelection::finish() {
  drop_hopeless();
  score_waiting();
  return best_.sorted();
}

}  // namespace tenbin
