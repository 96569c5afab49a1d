#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tenbin/cancellation.h"
#include "tenbin/isa.h"
#include "tenbin/thread_pool.h"

namespace tenbin {

/// Where a search writes: row q of [queries, k], row-major, holds counts[q] = min(k, corpus size) entries, best first.
struct TopK {
  std::size_t k;
  std::span<std::uint32_t> indices;
  std::span<float> scores;
  std::span<std::uint32_t> counts;
};

/// What a computation runs on. Results do not depend on the pool's size or the kernels.
struct Execution {
  ThreadPool& pool;
  const Kernels& kernels;
  const Cancellation& cancellation;
};

/// How equal scores are ordered: a permutation of [0, n), where the document of smaller rank stands first.
class TieOrder {
 public:
  TieOrder() = default;
  /// @param ranks rank of each document. Throws InputError when it is not a permutation of [0, ranks.size()).
  explicit TieOrder(std::span<const std::uint32_t> ranks);
  /// Over memory that somebody else owns. Throws InputError unless the two are each other's inverse.
  TieOrder(std::span<const std::uint32_t> rank_of, std::span<const std::uint32_t> document_at);

  // The views look into the vectors, whose memory moves along with them.
  TieOrder(const TieOrder&) = delete;
  TieOrder& operator=(const TieOrder&) = delete;
  TieOrder(TieOrder&&) noexcept = default;
  TieOrder& operator=(TieOrder&&) noexcept = default;

  std::size_t size() const noexcept { return rank_of_.size(); }
  std::uint32_t rank_of(std::uint32_t document) const noexcept { return rank_of_[document]; }
  std::uint32_t document_at(std::uint32_t rank) const noexcept { return document_at_[rank]; }
  /// [n], rank_of(d) at d.
  std::span<const std::uint32_t> ranks() const noexcept { return rank_of_; }
  /// [n], document_at(r) at r.
  std::span<const std::uint32_t> documents() const noexcept { return document_at_; }

 private:
  std::vector<std::uint32_t> owned_ranks_;
  std::vector<std::uint32_t> owned_documents_;
  std::span<const std::uint32_t> rank_of_;
  std::span<const std::uint32_t> document_at_;
};

/// Throws InputError unless `out` has room for `queries` rows of min(k, corpus_size) entries and k is at least 1.
void check_top_k(const TopK& out, std::size_t queries, std::size_t corpus_size);

}  // namespace tenbin
