#include "topk/top_keys.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace tenbin {

TopKeys::TopKeys(std::size_t k) : k_(k), limit_(2 * k + 64) {}

void TopKeys::shrink() {
  std::nth_element(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(k_ - 1), keys_.end(), std::greater<>());
  keys_.resize(k_);
  floor_ = keys_.back();
}

Key TopKeys::kth() {
  shrink();
  return floor_;
}

const std::vector<Key>& TopKeys::sorted() {
  if (keys_.size() > k_) shrink();
  std::sort(keys_.begin(), keys_.end(), std::greater<>());
  return keys_;
}

void write_row(const TopK& out, std::size_t query, const std::vector<Key>& keys, const TieOrder& ties) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    out.indices[query * out.k + i] = ties.document_at(rank_of(keys[i]));
    out.scores[query * out.k + i] = score_of(keys[i]);
  }
  out.counts[query] = static_cast<std::uint32_t>(keys.size());
}

}  // namespace tenbin
