#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "overlap/overlap_state.h"

namespace tenbin {

/// Finds entries of an index in one text after the other; one thread's.
class TextMatcher {
 public:
  explicit TextMatcher(const OverlapIndex::State& index) : index_(index) {}

  struct Found {
    std::uint32_t entry;
    OverlapKind kind;
    float similarity;
    /// Number of the unit at which the shared part begins.
    std::size_t begin;
  };

  /// What stands in `text`, by entry; valid until the next call.
  const std::vector<Found>& match(std::string_view text);

  /// At most 160 bytes of the text that was matched last, from a unit on.
  std::string excerpt(std::size_t begin);

 private:
  /// The longest shared run of one entry so far.
  struct Run {
    std::size_t length = 0;
    std::size_t begin = 0;  // in the text
    /// The run last looked at, and where it lies: begin in the text less begin in the entry.
    std::size_t last_end = 0;
    std::ptrdiff_t diagonal = 0;
    /// Units looked at so far, and the end of the last run that was long enough.
    std::size_t work = 0;
    std::size_t covered_end = 0;
  };

  /// In text that repeats itself, as tables of zeros do, each place begins a run. After so many units of one entry only
  /// those that begin behind a run found are looked at: the longest may then be missed, but no entry.
  static constexpr std::size_t kMostWork = std::size_t{1} << 16;

  void find_exact();
  void find_runs();
  void extend(const HashPostings::Entry& posting, std::size_t begin);
  void find_near();

  const OverlapIndex::State& index_;
  std::string_view text_;
  std::string scratch_;
  std::vector<Unit> units_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint64_t> shingles_;
  std::vector<Unit> set_;
  std::vector<Unit> other_set_;
  std::vector<std::uint32_t> candidates_;
  std::unordered_map<std::uint32_t, Run> runs_;
  std::vector<Found> found_;
  std::uint32_t exact_ = OverlapIndex::State::kNoEntry;
};

}  // namespace tenbin
