#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "gpu.h"
#include "query_block.h"

namespace tenbin {

struct ShardOptions {
  /// GPU memory that may be used; all that is free when 0.
  std::size_t memory_bytes = 0;
  /// Candidates that a query has room for, unless k needs more; chosen by k when 0.
  std::size_t candidates = 0;
};

/// The k best of each query, as keys.
struct ShardResult {
  std::vector<Key> best;     // [queries, k], best first, zeros behind them
  std::vector<bool> failed;  // [queries], whose row means nothing
  std::size_t scored = 0;    // documents scored exactly
};

/// The part of the documents that one GPU searches. When they fit, they are there from the beginning; else each search
/// brings them in blocks, one while another is searched.
class GpuShard {
 public:
  /// Reads `documents` here and at each search. Throws InputError when the GPU has no room for any, Cancelled.
  /// @param ranks [documents] tie ranks
  GpuShard(std::unique_ptr<Gpu> gpu, const Matrix& documents, std::span<const std::uint32_t> ranks, Metric metric,
           std::span<const float> minus_mean, const ShardOptions& options, const Cancellation& cancellation);

  /// Whether a search finds its documents on the GPU.
  bool resident() const noexcept { return blocks_ <= 1; }

  /// Whether a search for k documents has room for a query.
  bool has_room(std::size_t k) const noexcept;

  /// One call at a time.
  /// @param k at least 1, one that there is room for
  ShardResult search(const QueryBlock& queries, std::size_t k, const Cancellation& cancellation);

 private:
  GpuRoom room(std::size_t k) const noexcept;
  std::size_t block_size(std::size_t block) const noexcept;
  void upload(std::size_t block, const Cancellation& cancellation);
  void search_block(std::size_t block, const QueryBlock& queries, const GpuRoom& room, ShardResult& result,
                    const Cancellation& cancellation);

  std::unique_ptr<Gpu> gpu_;
  Matrix documents_;
  std::span<const std::uint32_t> ranks_;
  std::size_t candidates_;
  std::size_t search_bytes_ = 0;
  std::size_t slot_size_ = 0;
  std::size_t blocks_ = 0;
};

}  // namespace tenbin
