#include "file/checksum.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace tenbin {

namespace {

constexpr std::size_t kLanes = kChecksumLine / sizeof(std::uint64_t);
constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15u;

/// For each `hash` a bijection of words, and for each word one of hashes.
inline std::uint64_t fold(std::uint64_t hash, std::uint64_t word) noexcept {
  hash = (hash ^ word) * kOdd;
  return hash ^ hash >> 32;
}

}  // namespace

std::uint64_t Checksum::hash_piece(std::span<const std::byte> piece) noexcept {
  std::uint64_t lanes[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] = (lane + 1) * kOdd;
  for (std::size_t at = 0; at + kChecksumLine <= piece.size(); at += kChecksumLine) {
    std::uint64_t words[kLanes];
    std::memcpy(words, piece.data() + at, kChecksumLine);
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] = fold(lanes[lane], words[lane]);
  }
  std::uint64_t hash = piece.size();
  for (const std::uint64_t lane : lanes) hash = fold(hash, lane);
  return hash;
}

void Checksum::add(std::uint64_t piece_hash) noexcept { value_ = fold(value_, piece_hash); }

std::uint64_t checksum_of(std::span<const std::byte> bytes, const Execution& execution) {
  std::vector<std::uint64_t> hashes((bytes.size() + kChecksumPiece - 1) / kChecksumPiece);
  execution.pool.parallel_for(hashes.size(), [&](std::size_t i) {
    execution.cancellation.check();
    const std::size_t begin = i * kChecksumPiece;
    hashes[i] = Checksum::hash_piece(bytes.subspan(begin, std::min(kChecksumPiece, bytes.size() - begin)));
  });
  Checksum checksum;
  for (const std::uint64_t hash : hashes) checksum.add(hash);
  return checksum.value();
}

}  // namespace tenbin
