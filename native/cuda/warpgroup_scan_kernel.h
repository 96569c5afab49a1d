#pragma once

#include <cstddef>
#include <cstdint>

#include "code_tiles.h"
#include "scan.h"
#include "simt.h"
#include "simt_warpgroup.h"

namespace tenbin {

// The scan by wgmma m64n256k16, for compute capability 9.0 (Hopper) alone, whose tensor cores reach their speed by no
// other instruction.
//
// A block has two warpgroups and stays: it takes one turn after another, each the scores of 128 queries, 64 a
// warpgroup, and 256 documents. A step of a turn is 64 dimensions: one tile of queries and two of documents, which
// wgmma reads from shared memory as bulk copies bring them, through a ring of kTurnStages buffers. One thread starts
// the copies, as soon as all have ended the products of the buffer's last content; those of the next turn's first steps
// come while the scores of this one are compared.

inline constexpr std::uint32_t kTurnThreads = 256;
inline constexpr std::uint32_t kTurnDocuments = 2 * kTileRows;
inline constexpr std::uint32_t kTurnStages = 4;
inline constexpr std::uint32_t kTurnStageBytes = 3 * kTileBytes;
/// Two turns' residuals and norms.
inline constexpr std::uint32_t kTurnBoundsBytes = 2 * 2 * kTurnDocuments * sizeof(float);
inline constexpr std::uint32_t kTurnSharedBytes =
    kTurnStages * kTurnStageBytes + kTurnBoundsBytes + kTurnStages * sizeof(simt::Arrival);

/// The part of the scores that a block makes at a time. Neighbours share their documents.
struct Turn {
  std::uint32_t query_base;
  std::uint32_t document_base;
};

/// Turns that a scan takes; blocks beyond as many would have none.
SIMT_HOST_DEVICE_FUNCTION std::uint32_t turns_of(const ScanArguments& s) {
  const std::uint32_t query_tiles = (s.query_count + kTileRows - 1) / kTileRows;
  return query_tiles * ((s.last - 1) / kTurnDocuments - s.first / kTurnDocuments + 1);
}

SIMT_FUNCTION Turn turn_at(const ScanArguments& s, std::uint32_t index) {
  const std::uint32_t query_tiles = (s.query_count + kTileRows - 1) / kTileRows;
  return {index % query_tiles * kTileRows, (s.first / kTurnDocuments + index / query_tiles) * kTurnDocuments};
}

#if SIMT_WARPGROUPS

/// Starts the copies of a turn's step.
SIMT_FUNCTION void copy_turn_step(unsigned char* stage, simt::Arrival* arrival, const ScanArguments& s,
                                  const Turn& turn, std::uint32_t tile) {
  const auto tile_of = [&](const std::uint16_t* codes, std::uint32_t row) {
    return codes + piece_of_code(row, tile * kTilePieces, s.tiles);
  };
  simt::expect_bytes(arrival, kTurnStageBytes);
  simt::copy_bulk(stage, tile_of(s.queries, turn.query_base), kTileBytes, arrival);
  simt::copy_bulk(stage + kTileBytes, tile_of(s.documents, turn.document_base), kTileBytes, arrival);
  simt::copy_bulk(stage + 2 * kTileBytes, tile_of(s.documents, turn.document_base + kTileRows), kTileBytes, arrival);
}

#endif

SIMT_KERNEL SIMT_BOUNDS(kTurnThreads, 1) warpgroup_scan_kernel(ScanArguments arguments) {
#if SIMT_WARPGROUPS
  const ScanArguments& s = arguments;
  unsigned char* const stages = simt::shared();
  auto* const bounds = reinterpret_cast<float*>(stages + kTurnStages * kTurnStageBytes);
  auto* const arrivals = reinterpret_cast<simt::Arrival*>(stages + kTurnStages * kTurnStageBytes + kTurnBoundsBytes);
  const std::uint32_t turns = turns_of(s);
  const std::uint32_t own_turns = (turns - simt::block() - 1) / simt::blocks() + 1;
  const std::uint32_t steps = own_turns * s.tiles;
  // Steps are counted over all turns of the block.
  const auto copy_step = [&](std::uint32_t step) {
    if (simt::thread() != 0 || step >= steps) return;
    const Turn turn = turn_at(s, simt::block() + step / s.tiles * simt::blocks());
    const std::uint32_t stage = step % kTurnStages;
    copy_turn_step(stages + stage * kTurnStageBytes, arrivals + stage, s, turn, step % s.tiles);
  };
  if (simt::thread() == 0) simt::make_arrivals(arrivals, kTurnStages);
  simt::barrier();
  for (std::uint32_t step = 0; step < kTurnStages - 1; ++step) copy_step(step);

  const std::uint32_t warpgroup = simt::thread() / 128;
  const std::uint32_t lane = simt::thread() % 32;
  std::uint32_t step = 0;
  float sums[128];
  for (std::uint32_t own = 0; own < own_turns; ++own) {
    const Turn turn = turn_at(s, simt::block() + own * simt::blocks());
    // Others may still compare the scores of the turn before, but not of that before it.
    float* const residuals = bounds + own % 2 * 2 * kTurnDocuments;
    float* const norms = residuals + kTurnDocuments;
    for (std::uint32_t i = simt::thread(); i < kTurnDocuments; i += kTurnThreads) {
      const std::uint32_t document = turn.document_base + i < s.last ? turn.document_base + i : s.last - 1;
      residuals[i] = s.residuals[document];
      norms[i] = s.norms[document];
    }
    for (std::uint32_t tile = 0; tile < s.tiles; ++tile, ++step) {
      const std::uint32_t stage = step % kTurnStages;
      const unsigned char* const queries = stages + stage * kTurnStageBytes + warpgroup * (kTileBytes / 2);
      const unsigned char* const documents = stages + stage * kTurnStageBytes + kTileBytes;
      simt::wait_for_arrival(arrivals + stage, step / kTurnStages % 2);
      simt::begin_products();
      SIMT_UNROLL
      for (std::uint32_t slice = 0; slice < kTileDimensions / 16; ++slice) {
        simt::multiply_tiles(sums, queries + slice * 32, documents + slice * 32, tile > 0 || slice > 0);
      }
      simt::commit_products();
      // Those of the step before have ended, in all threads: its buffer is free.
      simt::wait_for_products<1>();
      simt::barrier();
      copy_step(step + kTurnStages - 1);
    }
    simt::finish_products(sums);

    const std::uint32_t query = turn.query_base + simt::thread() / 32 * 16 + lane / 4;
    const QueryBound of_query[2] = {bound_of_query(s, query), bound_of_query(s, query + 8)};
    SIMT_UNROLL
    for (std::uint32_t j = 0; j < 64; ++j) {
      const std::uint32_t column = j / 2 * 8 + lane % 4 * 2 + j % 2;
      SIMT_UNROLL
      for (std::uint32_t half = 0; half < 2; ++half) {
        offer(s, query + half * 8, of_query[half], turn.document_base + column, sums[j / 2 * 4 + half * 2 + j % 2],
              residuals[column], norms[column]);
      }
    }
  }
#endif
}

}  // namespace tenbin
