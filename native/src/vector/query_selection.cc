#include "vector/query_selection.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "topk/reached_by.h"

namespace tenbin {

QuerySelection::QuerySelection(const Query& query, const ExactScorer& exact, Metric metric, std::size_t k,
                               const Kernels& kernels)
    : query_(query),
      exact_(exact),
      kernels_(kernels),
      scan_unit_(metric == Metric::kCosine ? query.norm : 1.0),
      k_(k),
      threshold_(-std::numeric_limits<float>::infinity()),
      limit_(2 * k + 256),
      best_(k) {
  resize();
}

void QuerySelection::resize() {
  const std::size_t room = limit_ + kMostTogether + std::max(kCollectPadding, kReachedByPadding);
  documents_.resize(room);
  scanned_.resize(room);
}

void QuerySelection::make_room() {
  drop_hopeless();
  if (size_ > limit_ - k_ / 2) score_waiting();
}

/// The k-th best waiting document scores at least its scanned score less the bound, so one whose scanned score is two
/// bounds lower scores less than k others.
void QuerySelection::drop_hopeless() {
  if (size_ < k_) return;
  const float kth = reached_by(k_, scanned_.data(), size_, threshold_, kernels_);
  raise_threshold(static_cast<double>(kth) - 2 * query_.error_bound);
  std::uint32_t hopeful[kMostTogether + kCollectPadding];
  std::size_t kept = 0;
  for (std::size_t first = 0; first < size_; first += kMostTogether) {
    const std::size_t count = kernels_.collect_at_least(scanned_.data() + first, std::min(kMostTogether, size_ - first),
                                                        threshold_, static_cast<std::uint32_t>(first), hopeful);
    for (std::size_t i = 0; i < count; ++i) {
      documents_[kept] = documents_[hopeful[i]];
      scanned_[kept++] = scanned_[hopeful[i]];
    }
  }
  size_ = kept;
}

void QuerySelection::score_waiting() {
  std::vector<Key> keys(size_);
  exact_.score(query_, {documents_.data(), size_}, keys.data());
  for (const Key key : keys) best_.push(key);
  size_ = 0;
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

void QuerySelection::join(QuerySelection& later) {
  threshold_ = std::max(threshold_, later.threshold_);
  limit_ = std::max(limit_, size_ + later.size_);
  resize();
  std::copy_n(later.documents_.begin(), later.size_, documents_.begin() + static_cast<std::ptrdiff_t>(size_));
  std::copy_n(later.scanned_.begin(), later.size_, scanned_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += later.size_;
  for (const Key key : later.best_.sorted()) best_.push(key);
}

Candidates QuerySelection::finish() {
  drop_hopeless();
  const auto begin = documents_.begin();
  return {.likely = {begin, begin + static_cast<std::ptrdiff_t>(size_)}, .others = {}};
}

const std::vector<Key>& QuerySelection::best(const std::vector<Key>& waiting) {
  for (const Key key : waiting) best_.push(key);
  return best_.sorted();
}

}  // namespace tenbin
