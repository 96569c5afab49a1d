#pragma once

#include <cstddef>
#include <cstdint>

#include "simt.h"

namespace tenbin {

// How codes lie in a GPU's memory: in tiles of 128 rows and 64 dimensions, those of the same rows one behind the other.
// A tile's row is 128 bytes; its eight pieces of 16 are permuted by the row, so that those of eight rows at the same
// dimensions lie in different banks of shared memory. This is the 128-byte swizzle of PTX's wgmma, done when codes are
// made: a tile is copied as one run of bytes, and multiplied as it arrives.

inline constexpr std::uint32_t kTileRows = 128;
inline constexpr std::uint32_t kTileDimensions = 64;
inline constexpr std::uint32_t kTilePieces = kTileDimensions / 8;
inline constexpr std::uint32_t kTileRowBytes = kTileDimensions * sizeof(std::uint16_t);
inline constexpr std::uint32_t kTileBytes = kTileRows * kTileRowBytes;

/// Where the eight dimensions from 8 * piece of a row begin, in codes (not bytes), when rows have `tiles` tiles.
SIMT_FUNCTION std::size_t piece_of_code(std::uint32_t row, std::uint32_t piece, std::uint32_t tiles) {
  const std::size_t tile = static_cast<std::size_t>(row / kTileRows) * tiles + piece / kTilePieces;
  const std::uint32_t row_in_tile = row % kTileRows;
  const std::uint32_t place = (piece ^ row_in_tile) % kTilePieces;
  return tile * (kTileRows * kTileDimensions) + row_in_tile * kTileDimensions + place * 8;
}

inline constexpr std::uint32_t kArrangeThreads = 256;
inline constexpr std::uint32_t kRowsArranged = kArrangeThreads / 16;

struct ArrangeArguments {
  const std::uint16_t* rows;  // [count, 64 tiles]
  std::uint16_t* codes;       // room for whole tiles
  std::uint32_t count;
  std::uint32_t tiles;
};

/// Brings rows into tiles, kRowsArranged a block.
SIMT_KERNEL SIMT_BOUNDS(kArrangeThreads, 1) arrange_kernel(ArrangeArguments arguments) {
  const ArrangeArguments& a = arguments;
  const std::uint32_t row = simt::block() * kRowsArranged + simt::thread() / 16;
  if (row >= a.count) return;
  const std::uint32_t pieces = a.tiles * kTilePieces;
  for (std::uint32_t piece = simt::thread() % 16; piece < pieces; piece += 16) {
    const std::uint16_t* const from = a.rows + (static_cast<std::size_t>(row) * pieces + piece) * 8;
    std::uint16_t* const to = a.codes + piece_of_code(row, piece, a.tiles);
    SIMT_UNROLL
    for (std::uint32_t i = 0; i < 8; ++i) to[i] = from[i];
  }
}

}  // namespace tenbin
