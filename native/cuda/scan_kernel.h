#pragma once

#include <cstddef>
#include <cstdint>

#include "code_tiles.h"
#include "scan.h"
#include "simt.h"

namespace tenbin {

// The scan by mma.sync m16n8k16, for compute capability 8.0 and up.
//
// A block of 128 threads makes the scores of 128 queries and 128 documents, each of its 4 warps those of 64 and 64.
// Codes come in steps of 32 dimensions, half a tile, through a ring of kStages buffers in shared memory, filled ahead
// by cp.async. A buffer's row is 64 bytes; its four pieces of 16 are permuted by the row, so that the eight rows that
// ldmatrix reads at a time lie in different banks.

inline constexpr std::uint32_t kScanThreads = 128;
inline constexpr std::uint32_t kStages = 4;
inline constexpr std::uint32_t kStepBytes = kTileRowBytes / 2;
inline constexpr std::uint32_t kPieces = kStepBytes / 16;
inline constexpr std::uint32_t kOperandBytes = kTileRows * kStepBytes;
inline constexpr std::uint32_t kStageBytes = 2 * kOperandBytes;
inline constexpr std::uint32_t kScanSharedBytes = kStages * kStageBytes + 2 * kTileRows * sizeof(float);

/// Where piece `piece` of row `row` lies in a buffer.
SIMT_FUNCTION std::uint32_t piece_offset(std::uint32_t row, std::uint32_t piece) {
  return row * kStepBytes + (piece ^ ((row >> 1) & 3)) * 16;
}

/// Starts the copy of a step's codes of 128 rows, `base` the first of a tile.
SIMT_FUNCTION void copy_rows(unsigned char* operand, const std::uint16_t* codes, std::uint32_t base, std::uint32_t step,
                             std::uint32_t tiles) {
  SIMT_UNROLL
  for (std::uint32_t i = 0; i < kTileRows * kPieces / kScanThreads; ++i) {
    const std::uint32_t at = i * kScanThreads + simt::thread();
    const std::uint32_t row = at / kPieces;
    const std::uint32_t piece = at % kPieces;
    simt::copy16_async(operand + piece_offset(row, piece),
                       codes + piece_of_code(base + row, step * kPieces + piece, tiles));
  }
}

/// Adds a step's products to the scores of the warp's queries (from row `queries` of the tile) and documents.
SIMT_FUNCTION void multiply_step(const unsigned char* stage, std::uint32_t queries, std::uint32_t documents,
                                 float (&sums)[4][8][4]) {
  const std::uint32_t lane = simt::thread() % 32;
  const std::uint32_t row = lane % 8;
  const std::uint32_t matrix = lane / 8;
  const unsigned char* document_tile = stage + kOperandBytes;
  SIMT_UNROLL
  for (std::uint32_t half = 0; half < 2; ++half) {
    std::uint32_t a[4][4];
    std::uint32_t b[4][4];
    // Of 16 queries: rows 0-7 and 8-15 of the first 8 dimensions, then of the next.
    SIMT_UNROLL
    for (std::uint32_t i = 0; i < 4; ++i) {
      const std::uint32_t at = queries + i * 16 + matrix % 2 * 8 + row;
      simt::load_matrices(stage + piece_offset(at, half * 2 + matrix / 2), a[i]);
    }
    // Of 16 documents: both 8 dimensions of rows 0-7, then of rows 8-15.
    SIMT_UNROLL
    for (std::uint32_t j = 0; j < 4; ++j) {
      const std::uint32_t at = documents + j * 16 + matrix / 2 * 8 + row;
      simt::load_matrices(document_tile + piece_offset(at, half * 2 + matrix % 2), b[j]);
    }
    SIMT_UNROLL
    for (std::uint32_t i = 0; i < 4; ++i) {
      SIMT_UNROLL
      for (std::uint32_t j = 0; j < 8; ++j) {
        simt::multiply_add(sums[i][j], a[i], b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]);
      }
    }
  }
}

/// Blocks that a scan needs.
SIMT_HOST_DEVICE_FUNCTION std::uint32_t scan_blocks(const ScanArguments& s) {
  const std::uint32_t query_tiles = (s.query_count + kTileRows - 1) / kTileRows;
  return query_tiles * ((s.last - 1) / kTileRows - s.first / kTileRows + 1);
}

/// A block scans query tile `block mod query tiles`, so that blocks at work together share their documents.
SIMT_KERNEL SIMT_BOUNDS(kScanThreads, 2) scan_kernel(ScanArguments arguments) {
  const ScanArguments& s = arguments;
  unsigned char* const stages = simt::shared();
  auto* const residuals = reinterpret_cast<float*>(stages + kStages * kStageBytes);
  float* const norms = residuals + kTileRows;
  const std::uint32_t query_tiles = (s.query_count + kTileRows - 1) / kTileRows;
  const std::uint32_t query_base = simt::block() % query_tiles * kTileRows;
  const std::uint32_t document_base = (s.first / kTileRows + simt::block() / query_tiles) * kTileRows;
  const std::uint32_t last_document = s.last - 1;

  for (std::uint32_t i = simt::thread(); i < kTileRows; i += kScanThreads) {
    const std::uint32_t document = document_base + i < last_document ? document_base + i : last_document;
    residuals[i] = s.residuals[document];
    norms[i] = s.norms[document];
  }
  const std::uint32_t steps = 2 * s.tiles;
  const auto copy_step = [&](std::uint32_t step) {
    if (step < steps) {
      unsigned char* const stage = stages + step % kStages * kStageBytes;
      copy_rows(stage, s.queries, query_base, step, s.tiles);
      copy_rows(stage + kOperandBytes, s.documents, document_base, step, s.tiles);
    }
    simt::commit_copies();
  };
  for (std::uint32_t step = 0; step < kStages - 1; ++step) copy_step(step);

  const std::uint32_t warp = simt::thread() / 32;
  const std::uint32_t warp_queries = warp / 2 * 64;
  const std::uint32_t warp_documents = warp % 2 * 64;
  float sums[4][8][4] = {};
  for (std::uint32_t step = 0; step < steps; ++step) {
    simt::wait_for_copies<kStages - 2>();
    // Also: every thread is done with the buffer that is filled next.
    simt::barrier();
    copy_step(step + kStages - 1);
    multiply_step(stages + step % kStages * kStageBytes, warp_queries, warp_documents, sums);
  }

  const std::uint32_t lane = simt::thread() % 32;
  SIMT_UNROLL
  for (std::uint32_t i = 0; i < 8; ++i) {
    const std::uint32_t query = query_base + warp_queries + i / 2 * 16 + i % 2 * 8 + lane / 4;
    const QueryBound bound = bound_of_query(s, query);
    SIMT_UNROLL
    for (std::uint32_t j = 0; j < 16; ++j) {
      const std::uint32_t column = warp_documents + j / 2 * 8 + lane % 4 * 2 + j % 2;
      offer(s, query, bound, document_base + column, sums[i / 2][j / 2][i % 2 * 2 + j % 2], residuals[column],
            norms[column]);
    }
  }
}

}  // namespace tenbin
