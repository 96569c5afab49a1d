#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "gpu_shard.h"
#include "tenbin/vector_index.h"

namespace tenbin {

/// A VectorIndex whose documents GPUs find: each searches its share of them by codes, keeps those that could be among
/// the k best by a proven bound and scores them exactly, so that results are the core's, to the last bit. The core
/// itself answers queries with a subset, outside the range of the bound, with too many candidates, or of a k too large
/// for the GPUs' memory.
class GpuIndex {
 public:
  /// Reads `documents` here and at each search, as VectorIndex does, and throws as it does; and InputError when a GPU
  /// has no room for a document, std::runtime_error when a GPU fails.
  /// @param gpus at least one
  static GpuIndex create(const Matrix& documents, Metric metric, std::span<const std::uint32_t> tie_ranks,
                         std::vector<std::unique_ptr<Gpu>> gpus, const ShardOptions& options,
                         const Execution& execution);

  /// As VectorIndex::search, from any thread; searches wait for each other. `fallbacks` counts the queries that the
  /// core answered because the GPUs could not.
  SearchReport search(const Matrix& queries, const Subset& subset, const TopK& out, const Execution& execution) const;

  std::size_t size() const noexcept { return core_.size(); }
  std::size_t dimension() const noexcept { return core_.dimension(); }
  std::size_t zero_vectors() const noexcept { return core_.zero_vectors(); }
  /// Bytes of the host's memory that the index owns: not the documents.
  std::size_t size_bytes() const noexcept { return core_.size_bytes() + 2 * sizeof(std::uint32_t) * ties_->size(); }

 private:
  explicit GpuIndex(VectorIndex core) : core_(std::move(core)) {}

  std::vector<ShardResult> search_shards(const QueryBlock& queries, std::size_t k,
                                         const Cancellation& cancellation) const;

  VectorIndex core_;
  std::unique_ptr<TieOrder> ties_;
  std::vector<float> minus_mean_;
  std::vector<std::unique_ptr<GpuShard>> shards_;
  std::unique_ptr<std::mutex> busy_ = std::make_unique<std::mutex>();
};

}  // namespace tenbin
