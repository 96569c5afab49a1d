#pragma once

#include <cstddef>
#include <cstdint>

#include "simt.h"

namespace tenbin {

// The scan: a matrix product of bfloat16 codes on the tensor cores (mma.sync m16n8k16, compute capability 8.0 and up)
// whose results are compared with each query's threshold where they are made, so that scores never reach memory. There
// is this one kernel; none for wgmma (9.0a) or tcgen05 (10.0a), and none for FP8.
//
// A block of 128 threads makes the scores of 128 queries and 128 documents, each of its 4 warps those of 64 and 64.
// Codes come in steps of 32 dimensions through a ring of kStages buffers in shared memory, filled ahead by cp.async.
// A buffer's row is 64 bytes; its four pieces of 16 are permuted by the row, so that the eight rows that ldmatrix reads
// at a time lie in different banks.

inline constexpr std::uint32_t kTile = 128;
inline constexpr std::uint32_t kScanThreads = 128;
inline constexpr std::uint32_t kStages = 4;
inline constexpr std::uint32_t kStepBytes = 64;  // 32 dimensions of a row
inline constexpr std::uint32_t kPieces = kStepBytes / 16;
inline constexpr std::uint32_t kTileBytes = kTile * kStepBytes;
inline constexpr std::uint32_t kStageBytes = 2 * kTileBytes;
inline constexpr std::uint32_t kScanSharedBytes = kStages * kStageBytes + 2 * kTile * sizeof(float);

/// Scored as far as the scan goes: [queries, capacity] each, of which counts[q] are there.
struct Candidates {
  std::uint32_t* documents;
  float* upper;
  float* lower;
  /// [queries]; above the capacity when there was no room for some.
  std::uint32_t* counts;
  std::uint32_t capacity;
};

struct ScanArguments {
  const std::uint16_t* queries;    // [query_count, 32 steps]
  const std::uint16_t* documents;  // [last or more, 32 steps]
  const float* residuals;          // [last or more]
  const float* norms;              // [last or more]
  const float* by_residual;        // [query_count]
  const float* by_norm;            // [query_count]
  const float* slack;              // [query_count]
  const float* thresholds;         // [query_count], NaN for queries to leave alone
  Candidates candidates;
  std::uint32_t steps;
  std::uint32_t query_count;
  std::uint32_t query_tiles;
  std::uint32_t first;
  std::uint32_t last;
};

/// Where piece `piece` of row `row` lies in a tile.
SIMT_FUNCTION std::uint32_t piece_offset(std::uint32_t row, std::uint32_t piece) {
  return row * kStepBytes + (piece ^ ((row >> 1) & 3)) * 16;
}

/// Starts the copy of a step's codes of rows base .. base + 127, the last row in the place of those beyond it.
SIMT_FUNCTION void copy_tile(unsigned char* tile, const std::uint16_t* codes, std::uint32_t base,
                             std::uint32_t last_row, std::uint32_t step, std::uint32_t steps) {
  SIMT_UNROLL
  for (std::uint32_t i = 0; i < kTile * kPieces / kScanThreads; ++i) {
    const std::uint32_t at = i * kScanThreads + simt::thread();
    const std::uint32_t row = at / kPieces;
    const std::uint32_t piece = at % kPieces;
    const std::uint32_t source = base + row < last_row ? base + row : last_row;
    simt::copy16_async(tile + piece_offset(row, piece),
                       codes + (static_cast<std::size_t>(source) * steps + step) * (kStepBytes / 2) + piece * 8);
  }
}

/// Adds a step's products to the scores of the warp's queries (from row `queries` of the tile) and documents.
SIMT_FUNCTION void multiply_step(const unsigned char* stage, std::uint32_t queries, std::uint32_t documents,
                                 float (&sums)[4][8][4]) {
  const std::uint32_t lane = simt::thread() % 32;
  const std::uint32_t row = lane % 8;
  const std::uint32_t matrix = lane / 8;
  const unsigned char* document_tile = stage + kTileBytes;
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

/// A block scans query tile `block mod query_tiles`, so that blocks at work together share their documents.
SIMT_KERNEL SIMT_BOUNDS(kScanThreads, 2) scan_kernel(ScanArguments arguments) {
  const ScanArguments& s = arguments;
  unsigned char* const stages = simt::shared();
  auto* const residuals = reinterpret_cast<float*>(stages + kStages * kStageBytes);
  float* const norms = residuals + kTile;
  const std::uint32_t query_base = simt::block() % s.query_tiles * kTile;
  const std::uint32_t document_base = s.first + simt::block() / s.query_tiles * kTile;
  const std::uint32_t last_query = s.query_count - 1;
  const std::uint32_t last_document = s.last - 1;

  for (std::uint32_t i = simt::thread(); i < kTile; i += kScanThreads) {
    const std::uint32_t document = document_base + i < last_document ? document_base + i : last_document;
    residuals[i] = s.residuals[document];
    norms[i] = s.norms[document];
  }
  for (std::uint32_t step = 0; step < kStages - 1; ++step) {
    if (step < s.steps) {
      copy_tile(stages + step * kStageBytes, s.queries, query_base, last_query, step, s.steps);
      copy_tile(stages + step * kStageBytes + kTileBytes, s.documents, document_base, last_document, step, s.steps);
    }
    simt::commit_copies();
  }

  const std::uint32_t warp = simt::thread() / 32;
  const std::uint32_t warp_queries = warp / 2 * 64;
  const std::uint32_t warp_documents = warp % 2 * 64;
  float sums[4][8][4] = {};
  for (std::uint32_t step = 0; step < s.steps; ++step) {
    simt::wait_for_copies<kStages - 2>();
    // Also: every thread is done with the buffer that is filled next.
    simt::barrier();
    const std::uint32_t ahead = step + kStages - 1;
    if (ahead < s.steps) {
      unsigned char* const stage = stages + ahead % kStages * kStageBytes;
      copy_tile(stage, s.queries, query_base, last_query, ahead, s.steps);
      copy_tile(stage + kTileBytes, s.documents, document_base, last_document, ahead, s.steps);
    }
    simt::commit_copies();
    multiply_step(stages + step % kStages * kStageBytes, warp_queries, warp_documents, sums);
  }

  const std::uint32_t lane = simt::thread() % 32;
  SIMT_UNROLL
  for (std::uint32_t i = 0; i < 8; ++i) {
    const std::uint32_t query = query_base + warp_queries + i / 2 * 16 + i % 2 * 8 + lane / 4;
    if (query >= s.query_count) continue;
    const float threshold = s.thresholds[query];
    const float by_residual = s.by_residual[query];
    const float by_norm = s.by_norm[query];
    const float slack = s.slack[query];
    SIMT_UNROLL
    for (std::uint32_t j = 0; j < 16; ++j) {
      const std::uint32_t column = warp_documents + j / 2 * 8 + lane % 4 * 2 + j % 2;
      const float scanned = sums[i / 2][j / 2][i % 2 * 2 + j % 2];
      const float width = residuals[column] * by_residual + norms[column] * by_norm + slack;
      // Not so for a threshold that is NaN.
      const bool reaches = scanned + width >= threshold;
      if (!reaches || document_base + column >= s.last) continue;
      const std::uint32_t at = simt::atomic_add(&s.candidates.counts[query], 1);
      if (at >= s.candidates.capacity) continue;
      const std::size_t to = static_cast<std::size_t>(query) * s.candidates.capacity + at;
      s.candidates.documents[to] = document_base + column;
      s.candidates.upper[to] = scanned + width;
      s.candidates.lower[to] = scanned - width;
    }
  }
}

}  // namespace tenbin
