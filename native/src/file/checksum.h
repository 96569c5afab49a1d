#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tenbin/top_k.h"

namespace tenbin {

/*
 * A checksum of files, against damage and not against malice: a change within one 64-bit word never goes unseen, others
 * hardly ever.
 *
 * Each piece of the file is hashed by itself, so that threads share the work: eight lanes take the words of each line
 * in turn, by a multiplication and a shift that can be undone, and are then folded into one. The hashes of the pieces
 * are folded in order. Words are read in the machine's byte order.
 */

inline constexpr std::size_t kChecksumLine = 64;
inline constexpr std::size_t kChecksumPiece = std::size_t{1} << 20;

/// Checksum of a file in pieces: all but the last have kChecksumPiece bytes, all a multiple of kChecksumLine.
class Checksum {
 public:
  static std::uint64_t hash_piece(std::span<const std::byte> piece) noexcept;

  /// Takes the next piece's hash.
  void add(std::uint64_t piece_hash) noexcept;
  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0;
};

/// Of bytes that are all there: a multiple of kChecksumLine. Throws Cancelled.
std::uint64_t checksum_of(std::span<const std::byte> bytes, const Execution& execution);

}  // namespace tenbin
