#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/token_hash.h"
#include "overlap/units.h"
#include "tenbin/overlap_index.h"

namespace tenbin {

/// How long runs of units are and how they are found: words and characters have weights, by which a run of 13 words and
/// one of 50 characters (by default) weigh the same. *Probes*, the shortest sequences from a unit on that weigh 8/13 of
/// that, are hashed: of the index's texts one probe each `stride`, of other texts all, so that any run of full weight
/// contains a probe of the index.
class RunRule {
 public:
  explicit RunRule(const OverlapOptions& options)
      : word_(options.run_characters),
        character_(options.run_words),
        run_(word_ * character_),
        probe_(std::max<std::uint64_t>(1, character_ * 8 / 13) * word_),
        stride_(std::max<std::uint64_t>(1, run_ - probe_)) {
    for (std::uint64_t weight = 0; weight < probe_ + word_ + character_; weight += std::min(word_, character_)) {
      powers_.push_back(powers_.empty() ? 1 : powers_.back() * kBase);
    }
  }

  std::uint64_t weight(Unit unit) const noexcept { return stands_alone(unit) ? character_ : word_; }
  std::uint64_t weight(std::span<const Unit> units) const noexcept {
    std::uint64_t sum = 0;
    for (const Unit unit : units) sum += weight(unit);
    return sum;
  }
  std::uint64_t run() const noexcept { return run_; }
  std::uint64_t probe() const noexcept { return probe_; }
  std::uint64_t stride() const noexcept { return stride_; }

  /// Calls `sink(hash, begin, weight)` for each probe: where it begins, and the weight of the units before.
  template <typename Sink>
  void for_each_probe(std::span<const Unit> units, std::vector<std::uint64_t>& scratch, Sink&& sink) const {
    // Hashes of the beginnings of the sequence; that of a part is a difference of two.
    scratch.resize(units.size() + 1);
    scratch[0] = 0;
    for (std::size_t i = 0; i < units.size(); ++i) scratch[i + 1] = scratch[i] * kBase + units[i] * kSpread;
    std::uint64_t before = 0;
    std::uint64_t inside = 0;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < units.size(); ++begin) {
      while (inside < probe_ && end < units.size()) inside += weight(units[end++]);
      if (inside < probe_) return;
      const std::uint64_t hash = scratch[end] - scratch[begin] * powers_[end - begin];
      sink(mix(mix(kSpread, hash), hash >> 29), begin, before);
      inside -= weight(units[begin]);
      before += weight(units[begin]);
    }
  }

 private:
  static constexpr std::uint64_t kBase = 0xd1342543de82ef95u;
  static constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15u;

  std::uint64_t word_;
  std::uint64_t character_;
  std::uint64_t run_;
  std::uint64_t probe_;
  std::uint64_t stride_;
  std::vector<std::uint64_t> powers_;
};

}  // namespace tenbin
