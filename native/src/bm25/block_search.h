#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "bm25/bm25_arrays.h"
#include "kernels/kernels.h"
#include "topk/subset.h"
#include "topk/top_keys.h"

namespace tenbin {

/// Documents that a search goes through, in whole blocks.
struct BlockRange {
  std::size_t first;
  std::size_t last;
};

/// Finds the best documents of a range, block by block, leaving out what cannot be among them. For one thread, one
/// query after another; too large for a thread's stack.
class BlockSearch {
 public:
  BlockSearch(const Bm25Arrays& index, std::span<const std::uint8_t> filter, std::size_t k, const Execution& execution)
      : index_(index), filter_(filter), k_(k), execution_(execution), best_(k) {}

  /// The documents of the range with a score above 0, at most k, best first.
  const std::vector<Key>& run(std::span<const std::uint32_t> query, BlockRange range);

 private:
  /// A token of the query and where its postings have been read to.
  struct QueryTerm {
    const std::uint16_t* bitmap;  // or null
    const Bm25Block* blocks;      // or null, with a bitmap never
    std::uint64_t begin;
    std::uint64_t cursor;
    std::uint64_t end;
    float maximum;
  };

  void open_terms(std::span<const std::uint32_t> query, std::size_t first_block);
  /// Whether a document of the block may reach the threshold.
  bool can_reach(float threshold, std::size_t block) const noexcept;
  void add_impacts(std::size_t block, std::size_t padded);
  void drop_filtered(std::size_t base, std::size_t count) noexcept;
  float block_threshold(std::size_t padded);

  const Bm25Arrays& index_;
  const std::span<const std::uint8_t> filter_;
  const std::size_t k_;
  const Execution& execution_;
  TopKeys best_;
  std::vector<QueryTerm> terms_;
  double bound_slack_ = 1;
  alignas(64) std::array<float, kBlockDocuments> scores_;
  std::array<std::uint32_t, kBlockDocuments + kCollectPadding> found_;
  std::array<float, kBlockDocuments / 16> maxima_;
};

}  // namespace tenbin
