#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "tenbin/top_k.h"

namespace tenbin {

/// A scored document as one integer: a larger key stands before a smaller one. The upper half orders float32 scores
/// (no NaN), the lower half puts the smaller tie rank first.
using Key = std::uint64_t;

inline Key make_key(float score, std::uint32_t rank) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0f);  // -0 becomes +0: they are one score
  const std::uint32_t ordered = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return static_cast<Key>(ordered) << 32 | static_cast<std::uint32_t>(~rank);
}

inline float score_of(Key key) noexcept {
  const auto ordered = static_cast<std::uint32_t>(key >> 32);
  return std::bit_cast<float>(ordered & 0x80000000u ? ordered & 0x7fffffffu : ~ordered);
}

inline std::uint32_t rank_of(Key key) noexcept { return ~static_cast<std::uint32_t>(key); }

/// The k largest of the keys pushed. Holds at most 2k + 64 and halves when full: amortised O(1) a push.
class TopKeys {
 public:
  explicit TopKeys(std::size_t k);

  void push(Key key) {
    if (key <= floor_) return;
    keys_.push_back(key);
    if (keys_.size() == limit_) shrink();
  }

  /// Whether k keys are there, so that `kth` is meaningful.
  bool full() const noexcept { return keys_.size() >= k_; }

  /// Drops all but the k largest. Returns the smallest of them; only when full().
  Key kth();

  /// Score that a document must reach to be among the k best of what was pushed; a lower bound, never too high.
  float floor_score() const noexcept {
    return floor_ == 0 ? -std::numeric_limits<float>::infinity() : score_of(floor_);
  }

  /// Best first, at most k.
  const std::vector<Key>& sorted();

  void clear() noexcept {
    keys_.clear();
    floor_ = 0;
  }

 private:
  void shrink();

  std::size_t k_;
  std::size_t limit_;
  Key floor_ = 0;  // the k-th largest at the last shrink; below every key of a real score
  std::vector<Key> keys_;
};

/// Writes `keys` as row `query` of `out`.
void write_row(const TopK& out, std::size_t query, const std::vector<Key>& keys, const TieOrder& ties);

}  // namespace tenbin
