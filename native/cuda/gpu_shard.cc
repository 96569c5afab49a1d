#include "gpu_shard.h"

#include <algorithm>
#include <future>
#include <limits>
#include <string>
#include <utility>

#include "slice_scan.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

/// Of what is free, for the driver's own needs.
constexpr std::size_t kLeftFreeShare = 16;
/// Of what is used, for queries and their candidates.
constexpr std::size_t kSearchShare = 4;
constexpr std::size_t kMostSearchBytes = std::size_t{1} << 30;
constexpr std::size_t kMostQueries = 1024;
/// Uploaded between two looks at the cancellation.
constexpr std::size_t kUploadBytes = std::size_t{64} << 20;
constexpr std::size_t kLeastCandidates = 4096;

std::size_t ceil_div(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace

GpuShard::GpuShard(std::unique_ptr<Gpu> gpu, const Matrix& documents, std::span<const std::uint32_t> ranks,
                   Metric metric, std::span<const float> minus_mean, const ShardOptions& options,
                   const Cancellation& cancellation)
    : gpu_(std::move(gpu)), documents_(documents), ranks_(ranks), candidates_(options.candidates) {
  if (documents.count == 0) return;
  const std::size_t free = gpu_->free_bytes();
  std::size_t usable = free - free / kLeftFreeShare;
  if (options.memory_bytes != 0) usable = std::min(usable, options.memory_bytes);
  search_bytes_ = std::min(usable / kSearchShare, kMostSearchBytes);
  const std::size_t room = (usable - search_bytes_) / document_bytes(documents.dimension);
  if (room < 2) {
    throw InputError("cuda: " + std::to_string(usable) + " bytes of GPU memory hold no documents of " +
                     std::to_string(documents.dimension) + " dimensions");
  }
  // More than 2^31 documents of a slot would overflow the kernels' numbers.
  slot_size_ = std::min({room, documents.count, std::size_t{1} << 31});
  blocks_ = ceil_div(documents.count, slot_size_);
  if (blocks_ > 1) {
    slot_size_ = std::min(room / 2, slot_size_);
    blocks_ = ceil_div(documents.count, slot_size_);
  }
  gpu_->hold({.dimension = documents.dimension,
              .metric = metric,
              .minus_mean = {minus_mean.begin(), minus_mean.end()},
              .slots = blocks_ > 1 ? std::size_t{2} : std::size_t{1},
              .slot_size = slot_size_});
  if (resident()) upload(0, cancellation);
}

GpuRoom GpuShard::room(std::size_t k) const noexcept {
  if (candidates_ != 0) return {k, std::max(candidates_, 2 * k + 2)};
  return {k, std::max(kLeastCandidates, 8 * k)};
}

bool GpuShard::has_room(std::size_t k) const noexcept {
  // Divided first, so that no k wraps.
  return blocks_ == 0 || (k <= search_bytes_ / 64 && query_bytes(documents_.dimension, room(k)) <= search_bytes_);
}

std::size_t GpuShard::block_size(std::size_t block) const noexcept {
  return std::min(slot_size_, documents_.count - block * slot_size_);
}

void GpuShard::upload(std::size_t block, const Cancellation& cancellation) {
  const std::size_t dimension = documents_.dimension;
  const std::size_t most = std::max<std::size_t>(1, kUploadBytes / (dimension * sizeof(float)));
  const std::size_t start = block * slot_size_;
  for (std::size_t at = 0; at < block_size(block); at += most) {
    cancellation.check();
    const std::size_t count = std::min(most, block_size(block) - at);
    const std::size_t first = start + at;
    gpu_->upload(block % 2, at, {documents_.data.subspan(first * dimension, count * dimension), count, dimension},
                 ranks_.subspan(first, count));
  }
}

ShardResult GpuShard::search(const QueryBlock& queries, std::size_t k, const Cancellation& cancellation) {
  ShardResult result{std::vector<Key>(queries.size() * k), std::vector<bool>(queries.size()), 0};
  if (resident()) {
    if (blocks_ > 0) search_block(0, queries, room(k), result, cancellation);
    return result;
  }
  upload(0, cancellation);
  for (std::size_t block = 0; block < blocks_; ++block) {
    // Its destructor waits, also when the search ends early.
    std::future<void> next;
    if (block + 1 < blocks_) {
      next = std::async(std::launch::async, [this, block, &cancellation] { upload(block + 1, cancellation); });
    }
    search_block(block, queries, room(k), result, cancellation);
    if (next.valid()) next.get();
  }
  return result;
}

void GpuShard::search_block(std::size_t block, const QueryBlock& queries, const GpuRoom& room, ShardResult& result,
                            const Cancellation& cancellation) {
  const std::size_t k = room.k;
  const std::size_t affordable = search_bytes_ / query_bytes(documents_.dimension, room);
  const std::size_t most = std::clamp<std::size_t>(affordable, 1, kMostQueries);
  for (std::size_t first = 0; first < queries.size(); first += most) {
    cancellation.check();
    const std::size_t count = std::min(most, queries.size() - first);
    const std::span<Key> best = std::span(result.best).subspan(first * k, count * k);
    std::vector<float> thresholds(count, -std::numeric_limits<float>::infinity());
    for (std::size_t q = 0; q < count; ++q) {
      const Key kth = best[q * k + k - 1];
      if (kth != 0) thresholds[q] = queries.threshold(first + q, score_of(kth));
      if (result.failed[first + q]) thresholds[q] = std::numeric_limits<float>::quiet_NaN();
    }
    gpu_->begin(block % 2, queries.part(first, first + count), room);
    SliceScan scan(*gpu_, room, std::move(thresholds), cancellation);
    scan.run(block_size(block), block * slot_size_);
    for (std::size_t q = 0; q < count; ++q) {
      if (scan.failed(q)) result.failed[first + q] = true;
    }
    result.scored += scan.candidates();
    cancellation.check();
    gpu_->rescore(best);
  }
}

}  // namespace tenbin
