#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tenbin {

/// Lists of numbers in compressed sparse rows: row i is ids[offsets[i] .. offsets[i + 1]). Offsets may begin and end
/// anywhere in `ids`, so a stretch of rows is a view too.
struct IdRows {
  std::span<const std::uint32_t> offsets;
  std::span<const std::uint32_t> ids;

  std::size_t size() const noexcept { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::span<const std::uint32_t> row(std::size_t i) const noexcept {
    return ids.subspan(offsets[i], offsets[i + 1] - offsets[i]);
  }
};

/// Which documents a search may return; all when both are empty. Not both.
struct Subset {
  /// Bit d % 8 of byte d / 8 is set for each document d allowed, whatever the query.
  std::span<const std::uint8_t> filter;
  /// Row q holds the documents allowed for query q, in any order, without repeats.
  IdRows candidates;

  bool all() const noexcept { return filter.empty() && candidates.offsets.empty(); }
};

}  // namespace tenbin
