#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "tenbin/vector_index.h"
#include "topk/top_keys.h"

namespace tenbin {

/// Codes are filled up with zeros to a multiple of this many dimensions: what a scan multiplies in one step.
inline constexpr std::size_t kCodeStep = 64;

inline constexpr std::size_t padded_dimension(std::size_t dimension) noexcept {
  return (dimension + kCodeStep - 1) / kCodeStep * kCodeStep;
}

/// What a GPU holds of documents: slots of equal size, each the embeddings and the bfloat16 codes of a block.
struct GpuDocuments {
  std::size_t dimension;
  Metric metric;
  /// [dimension], what is added to a document before it is coded; see code_mean.
  std::vector<float> minus_mean;
  std::size_t slots;
  /// Documents of a slot.
  std::size_t slot_size;
};

/// GPU memory of one document of a slot: embedding, code, norm, two bounds, tie rank.
inline constexpr std::size_t document_bytes(std::size_t dimension) noexcept {
  return 4 * dimension + 2 * padded_dimension(dimension) + 20;
}

/// A block of queries, in codes and as they are.
struct GpuQueries {
  std::size_t count;
  /// [count, dimension]
  const float* values;
  /// [count]
  const double* norms;
  /// [count, padded_dimension]
  const std::uint16_t* codes;
  /// [count] each: |scanned - exact| <= residual * by_residual + norm * by_norm + slack, residual and norm the
  /// document's.
  const float* by_residual;
  const float* by_norm;
  const float* slack;
};

/// How many documents a search looks for, and how many it holds until they are scored.
struct GpuRoom {
  std::size_t k;
  /// Candidates of a query.
  std::size_t capacity;
};

/// GPU memory of one query of a search, whose codes are there as they came and in tiles.
inline constexpr std::size_t query_bytes(std::size_t dimension, const GpuRoom& room) noexcept {
  return 4 * dimension + 4 * padded_dimension(dimension) + 20 * room.capacity + 16 * room.k + 64;
}

/// What is asked of one GPU. Calls return when their work is done and throw std::runtime_error, or std::bad_alloc, when
/// it fails. One thread at a time calls, but for `upload`, which may run beside the others when they use another slot.
///
/// Scanned scores are those of a document's code by the query's: products and sums of a tensor core. A document scanned
/// as s has the bounds s +- its width: for a document outside the range where they hold, +- infinity.
class Gpu {
 public:
  Gpu() = default;
  virtual ~Gpu() = default;
  Gpu(const Gpu&) = delete;
  Gpu& operator=(const Gpu&) = delete;

  virtual std::size_t free_bytes() const = 0;

  /// Once, before the other calls.
  virtual void hold(const GpuDocuments& documents) = 0;

  /// Copies `rows`, and codes them, as documents `at`, `at` + 1, ... of a slot.
  /// @param ranks [rows] tie ranks
  virtual void upload(std::size_t slot, std::size_t at, const Matrix& rows, std::span<const std::uint32_t> ranks) = 0;

  /// Begins the search of a slot, without candidates.
  virtual void begin(std::size_t slot, const GpuQueries& queries, const GpuRoom& room) = 0;

  /// Scans documents [first, last) of the slot. Of each query, those whose upper bound reaches its threshold become
  /// candidates; then the threshold is raised to the k-th largest lower bound, and candidates that do not reach it are
  /// dropped. Queries whose threshold is NaN are left alone. All arrays: [queries].
  /// @param reached candidates before some were dropped. When more than the capacity, the slice's documents still raise
  ///   the threshold, as far as there was room for them, but are dropped: they must be scanned again.
  /// @param kept candidates that are left
  virtual void scan(std::size_t first, std::size_t last, std::span<float> thresholds, std::span<std::uint32_t> reached,
                    std::span<std::uint32_t> kept) = 0;

  /// Scores the candidates exactly, as VectorIndex does.
  /// @param best [queries, k] keys, best first, zeros behind them: those found before; receives the k best of both.
  virtual void rescore(std::span<Key> best) = 0;
};

}  // namespace tenbin
