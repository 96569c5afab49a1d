#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "overlap/hash_postings.h"
#include "overlap/run_rule.h"
#include "overlap/sketch.h"
#include "tenbin/overlap_index.h"

namespace tenbin {

/// Texts with the same units are one *entry*.
struct OverlapIndex::State {
  explicit State(const OverlapOptions& given) : options(given), runs(given), bands(given.similarity) {}

  /// Of entries with a probe or a band in common, so many are found at most: templates would cost their square.
  static constexpr std::size_t kMostAlike = 64;
  /// Texts of fewer than eight words have no near duplicates: one word more or less may be all that matters.
  static constexpr std::size_t kNearHalfWords = 16;
  static constexpr std::size_t kShortHalfWords = 8;

  OverlapOptions options;
  RunRule runs;
  Bands bands;

  std::vector<std::uint32_t> entry_of;                                  // [texts], kNoEntry for one without units
  std::vector<std::uint32_t> members;                                   // texts by entry, once finished
  std::vector<std::uint64_t> member_begin{0};                           // [entries + 1]
  std::vector<Unit> units;                                              // of all entries
  std::vector<std::uint64_t> unit_begin{0};                             // [entries + 1]
  std::unordered_multimap<std::uint64_t, std::uint32_t> entry_by_hash;  // until all are added
  std::vector<std::uint32_t> set_sizes;  // [entries], distinct words, 0 for texts too short to have near duplicates
  std::vector<SketchBytes> sketches;     // [entries]
  HashPostings exact;
  HashPostings probes;
  HashPostings near;
  /// Broken: finish() was cancelled or ran out of memory half way.
  enum class Phase { kAdding, kBroken, kFinished };
  Phase phase = Phase::kAdding;

  static constexpr std::uint32_t kNoEntry = 0xffffffffu;

  std::size_t entries() const noexcept { return unit_begin.size() - 1; }
  std::span<const Unit> units_of(std::size_t entry) const noexcept {
    return std::span(units).subspan(unit_begin[entry], unit_begin[entry + 1] - unit_begin[entry]);
  }
  std::span<const std::uint32_t> members_of(std::size_t entry) const noexcept {
    return std::span(members).subspan(member_begin[entry], member_begin[entry + 1] - member_begin[entry]);
  }
  /// The entry with just these units, or kNoEntry; once finished.
  std::uint32_t find_exact(std::span<const Unit> wanted) const noexcept;
  /// Throws InputError for a call out of turn.
  void require(Phase wanted) const;
};

}  // namespace tenbin
