#pragma once

#include <cstddef>
#include <cstdint>

#include "code_tiles.h"
#include "gpu.h"

namespace tenbin {

static_assert(kCodeStep == kTileDimensions);

/// Codes that rows take in tiles. The scans read whole tiles, and two of rows at a time.
inline constexpr std::size_t codes_in_tiles(std::size_t rows, std::size_t padded) noexcept {
  return (rows + 2 * kTileRows - 1) / (2 * kTileRows) * (2 * kTileRows) * padded;
}

/// A Machine's memory for the documents of a slot. See KernelGpu for Machine.
template <typename Machine>
struct SlotArrays {
  template <typename T>
  using Array = typename Machine::template Array<T>;

  SlotArrays(Machine& machine, std::size_t size, std::size_t dimension, std::size_t padded)
      : rows(machine.template allocate<float>(size * dimension)),
        codes(machine.template allocate<std::uint16_t>(codes_in_tiles(size, padded))),
        exact_norms(machine.template allocate<double>(size)),
        residuals(machine.template allocate<float>(size)),
        norms(machine.template allocate<float>(size)),
        ranks(machine.template allocate<std::uint32_t>(size)) {}

  Array<float> rows;           // [size, dimension]
  Array<std::uint16_t> codes;  // in tiles
  Array<double> exact_norms;   // [size] each from here on
  Array<float> residuals;
  Array<float> norms;
  Array<std::uint32_t> ranks;
};

/// A Machine's memory for a block of queries and what is found for them.
template <typename Machine>
struct SearchArrays {
  template <typename T>
  using Array = typename Machine::template Array<T>;

  SearchArrays() = default;
  SearchArrays(Machine& machine, std::size_t queries, const GpuRoom& room, std::size_t dimension, std::size_t padded)
      : queries_held(queries),
        candidates_held(queries * room.capacity),
        best_held(queries * room.k),
        values(machine.template allocate<float>(queries * dimension)),
        code_rows(machine.template allocate<std::uint16_t>(queries * padded)),
        codes(machine.template allocate<std::uint16_t>(codes_in_tiles(queries, padded))),
        query_norms(machine.template allocate<double>(queries)),
        by_residual(machine.template allocate<float>(queries)),
        by_norm(machine.template allocate<float>(queries)),
        slack(machine.template allocate<float>(queries)),
        thresholds(machine.template allocate<float>(queries)),
        counts(machine.template allocate<std::uint32_t>(queries)),
        reached(machine.template allocate<std::uint32_t>(queries)),
        kept(machine.template allocate<std::uint32_t>(queries)),
        documents(machine.template allocate<std::uint32_t>(candidates_held)),
        upper(machine.template allocate<float>(candidates_held)),
        lower(machine.template allocate<float>(candidates_held)),
        keys(machine.template allocate<std::uint64_t>(candidates_held)),
        before(machine.template allocate<std::uint64_t>(best_held)),
        best(machine.template allocate<std::uint64_t>(best_held)) {}

  /// Whether this is enough, so that most searches allocate nothing.
  bool has_room(std::size_t queries, const GpuRoom& room) const noexcept {
    return queries <= queries_held && queries * room.capacity <= candidates_held && queries * room.k <= best_held;
  }

  std::size_t queries_held = 0;
  std::size_t candidates_held = 0;
  std::size_t best_held = 0;
  Array<float> values;             // [queries, dimension]
  Array<std::uint16_t> code_rows;  // [queries, padded]
  Array<std::uint16_t> codes;      // in tiles
  Array<double> query_norms;       // [queries] each from here on
  Array<float> by_residual;
  Array<float> by_norm;
  Array<float> slack;
  Array<float> thresholds;
  Array<std::uint32_t> counts;
  Array<std::uint32_t> reached;
  Array<std::uint32_t> kept;
  Array<std::uint32_t> documents;  // [queries, capacity] each from here on
  Array<float> upper;
  Array<float> lower;
  Array<std::uint64_t> keys;
  Array<std::uint64_t> before;  // [queries, k]
  Array<std::uint64_t> best;    // [queries, k]
};

}  // namespace tenbin
