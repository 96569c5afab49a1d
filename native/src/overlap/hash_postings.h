#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tenbin {

/// Where hashes stand in texts: entries are added, then sealed, then found by hash. Hashes must be random in all bits.
/// Memory: 16 bytes an entry and 3 to 8 for finding it.
class HashPostings {
 public:
  struct Entry {
    std::uint64_t hash;
    std::uint32_t text;
    std::uint32_t position;
  };

  void add(std::uint64_t hash, std::uint32_t text, std::uint32_t position) {
    entries_.push_back({hash, text, position});
  }

  /// Of a hash that stands in one text more often, the first positions are kept.
  static constexpr std::size_t kMostPositions = 4;

  /// Ends adding. Of a hash that stands in more texts than `most_texts` only the first are kept.
  void seal(std::size_t most_texts);

  /// The entries of a hash; after seal(). Most hashes that have none cost one look into a bitmap.
  std::span<const Entry> find(std::uint64_t hash) const noexcept {
    const std::uint64_t bits = bits_of(hash);
    if ((bitmap_[word_of(hash)] & bits) != bits) return {};
    return find_sorted(hash);
  }

 private:
  /// Two bits of a word, so that of other hashes one in sixty is taken for one that is there.
  static std::uint64_t bits_of(std::uint64_t hash) noexcept {
    return std::uint64_t{1} << (hash & 63) | std::uint64_t{1} << (hash >> 6 & 63);
  }
  std::size_t word_of(std::uint64_t hash) const noexcept { return hash >> 12 & word_mask_; }

  std::span<const Entry> find_sorted(std::uint64_t hash) const noexcept;

  std::vector<Entry> entries_;            // by hash once sealed
  std::vector<std::uint32_t> directory_;  // entries whose hash begins with i begin at directory_[i]
  unsigned shift_ = 63;
  std::vector<std::uint64_t> bitmap_{0};
  std::uint64_t word_mask_ = 0;
};

}  // namespace tenbin
