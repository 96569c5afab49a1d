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
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    move(i, kept);
    kept += !(uppers_[i] < threshold_);
  }
  size_ = kept;
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
