#include "vector/candidate_selection.h"

#include <algorithm>

#include "topk/reached_by.h"

namespace tenbin {

CandidateSelection::CandidateSelection(const QueryCodes& query, std::size_t k, std::size_t most, const Kernels& kernels)
    : query_(query), k_(k), most_(most), kernels_(kernels), limit_(std::min(2 * k + 128, most)) {
  resize();
}

void CandidateSelection::resize() {
  const std::size_t room = limit_ + kMostTogether + std::max(kCollectPadding, kReachedByPadding);
  documents_.resize(room);
  uppers_.resize(room);
  floors_.resize(room);
}

void CandidateSelection::make_room() {
  drop_hopeless();
  if (2 * size_ <= limit_) return;
  limit_ = 2 * size_;
  if (limit_ <= most_) {
    resize();
    return;
  }
  failed_ = true;
  size_ = 0;
}

void CandidateSelection::drop_hopeless() {
  if (size_ < k_) return;
  threshold_ = reached_by(k_, floors_.data(), size_, threshold_, kernels_);
  std::uint32_t hopeful[kMostTogether + kCollectPadding];
  std::size_t kept = 0;
  for (std::size_t first = 0; first < size_; first += kMostTogether) {
    const std::size_t count = kernels_.collect_at_least(uppers_.data() + first, std::min(kMostTogether, size_ - first),
                                                        threshold_, static_cast<std::uint32_t>(first), hopeful);
    for (std::size_t i = 0; i < count; ++i) move(hopeful[i], kept++);
  }
  size_ = kept;
}

void CandidateSelection::join(const CandidateSelection& later) {
  failed_ = failed_ || later.failed_;
  threshold_ = std::max(threshold_, later.threshold_);
  limit_ = std::max(limit_, size_ + later.size_);
  resize();
  std::copy_n(later.documents_.begin(), later.size_, documents_.begin() + static_cast<std::ptrdiff_t>(size_));
  std::copy_n(later.uppers_.begin(), later.size_, uppers_.begin() + static_cast<std::ptrdiff_t>(size_));
  std::copy_n(later.floors_.begin(), later.size_, floors_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += later.size_;
}

Candidates CandidateSelection::finish() {
  drop_hopeless();
  Candidates candidates;
  for (std::size_t i = 0; i < size_; ++i) {
    (floors_[i] < threshold_ ? candidates.others : candidates.likely).push_back(documents_[i]);
  }
  return candidates;
}

bool CandidateSelection::complete_above(double score) const noexcept {
  return static_cast<double>(threshold_) + query_.slack + query_.mean_dot <= score;
}

}  // namespace tenbin
