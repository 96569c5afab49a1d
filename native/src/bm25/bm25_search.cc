#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <ranges>
#include <string>

#include "bm25/block_search.h"
#include "bm25/bm25_arrays.h"
#include "tenbin/errors.h"
#include "topk/subset.h"
#include "topk/top_keys.h"

namespace tenbin {

namespace {

/// Above this share of all documents, candidates are searched like a filter and not one by one.
constexpr std::size_t kCandidateShare = 16;

/// Adds documents that score 0, in tie order, until there are `wanted`. `ranks` ascend and hold enough that are not
/// taken.
template <typename Ranks>
void fill_with_zeros(std::vector<Key>& keys, std::size_t wanted, const Ranks& ranks) {
  std::vector<std::uint32_t> taken;
  for (const Key key : keys) taken.push_back(rank_of(key));
  std::sort(taken.begin(), taken.end());
  auto next_taken = taken.begin();
  for (auto rank = ranks.begin(); keys.size() < wanted && rank != ranks.end(); ++rank) {
    if (next_taken != taken.end() && *next_taken == *rank)
      ++next_taken;
    else
      keys.push_back(make_key(0.0f, *rank));
  }
}

/// Documents that a search may return, the same for every query.
class Filter {
 public:
  Filter() = default;
  /// The bits are copied: a caller may change its own while the search runs.
  Filter(std::span<const std::uint8_t> bits, std::size_t size) : bits_(bits.begin(), bits.end()) {
    for (std::uint32_t document = 0; document < size; ++document) count_ += allows(bits_, document);
  }

  std::span<const std::uint8_t> bits() const noexcept { return bits_; }
  std::size_t count() const noexcept { return count_; }

  /// The best `most` ranks of documents that are allowed, ascending.
  std::vector<std::uint32_t> first_ranks(std::size_t most, const TieOrder& ties) const {
    std::vector<std::uint32_t> ranks;
    for (std::uint32_t rank = 0; rank < ties.size() && ranks.size() < most; ++rank) {
      if (allows(bits_, ties.document_at(rank))) ranks.push_back(rank);
    }
    return ranks;
  }

 private:
  std::vector<std::uint8_t> bits_;
  std::size_t count_ = 0;
};

/// The candidates' keys, best first; those that score 0 too.
std::vector<Key> score_candidates(const Bm25Arrays& index, std::span<const std::uint32_t> query,
                                  std::span<const std::uint32_t> candidates, const Cancellation& cancellation) {
  std::vector<float> scores(candidates.size());
  for (const std::uint32_t term : query) {
    cancellation.check();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const std::uint64_t at = index.find_posting(term, candidates[i]);
      if (at != index.postings_begin[term + 1]) scores[i] += index.impacts[at];
    }
  }
  std::vector<Key> keys;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    keys.push_back(make_key(scores[i], index.ties.rank_of(candidates[i])));
  }
  std::sort(keys.begin(), keys.end(), std::greater<>());
  return keys;
}

/// One search over the whole index.
class Bm25Search {
 public:
  Bm25Search(const Bm25Arrays& index, const IdRows& queries, const TopK& out, const Execution& execution)
      : index_(index), queries_(queries), out_(out), execution_(execution) {}

  void run() {
    const std::size_t threads = execution_.pool.size();
    // Fewer queries than threads are each split by document range.
    const std::size_t parts = std::min((threads + queries_.size() - 1) / std::max<std::size_t>(queries_.size(), 1),
                                       index_.block_count() / kBlocksPerPart);
    if (parts > 1)
      run_in_parts(parts);
    else
      run_whole();
  }

  void run_filtered(std::span<const std::uint8_t> bits) {
    filter_ = Filter(bits, index_.size());
    wanted_ = std::min(out_.k, filter_.count());
    // No more than k are taken by documents that score above 0.
    allowed_ranks_ = filter_.first_ranks(2 * wanted_, index_.ties);
    run();
  }

  void run_candidates(const IdRows& candidates) {
    execution_.pool.parallel_for(queries_.size(), [&](std::size_t query) {
      execution_.cancellation.check();
      const std::span<const std::uint32_t> documents = candidates.row(query);
      std::vector<Key> keys = documents.size() * kCandidateShare < index_.size()
                                  ? score_candidates(index_, queries_.row(query), documents, execution_.cancellation)
                                  : search_candidates(query, documents);
      if (keys.size() > out_.k) keys.resize(out_.k);
      write_row(out_, query, keys, index_.ties);
    });
  }

 private:
  static constexpr std::size_t kBlocksPerPart = 4;  // at least, or splitting costs more than it gains

  std::vector<Key> search_candidates(std::size_t query, std::span<const std::uint32_t> documents) const {
    std::vector<std::uint8_t> bits((index_.size() + 7) / 8);
    for (const std::uint32_t document : documents) {
      bits[document / 8] = static_cast<std::uint8_t>(bits[document / 8] | 1u << document % 8);
    }
    const Filter filter(bits, index_.size());
    const std::size_t wanted = std::min(out_.k, filter.count());
    const auto search = std::make_unique<BlockSearch>(index_, filter.bits(), out_.k, execution_);
    std::vector<Key> keys = search->run(queries_.row(query), {0, index_.block_count()});
    if (keys.size() < wanted) fill_with_zeros(keys, wanted, filter.first_ranks(2 * wanted, index_.ties));
    return keys;
  }

  void run_whole() {
    // A few tasks a thread even out queries of unequal length; each task pays for one scratch.
    const std::size_t tasks = std::min(queries_.size(), 4 * execution_.pool.size());
    execution_.pool.parallel_for(tasks, [&](std::size_t task) {
      // Not on the stack, of which a pool's thread may have little.
      const auto search = std::make_unique<BlockSearch>(index_, filter_.bits(), out_.k, execution_);
      for (std::size_t query = task; query < queries_.size(); query += tasks) {
        execution_.cancellation.check();
        write(query, search->run(queries_.row(query), {0, index_.block_count()}));
      }
    });
  }

  void run_in_parts(std::size_t parts) {
    std::vector<std::vector<Key>> found(queries_.size() * parts);
    execution_.pool.parallel_for(found.size(), [&](std::size_t task) {
      const std::size_t part = task % parts;
      const BlockRange range{index_.block_count() * part / parts, index_.block_count() * (part + 1) / parts};
      const auto search = std::make_unique<BlockSearch>(index_, filter_.bits(), out_.k, execution_);
      found[task] = search->run(queries_.row(task / parts), range);
    });
    for (std::size_t query = 0; query < queries_.size(); ++query) {
      TopKeys best(out_.k);
      for (std::size_t part = 0; part < parts; ++part) {
        for (const Key key : found[query * parts + part]) best.push(key);
      }
      write(query, best.sorted());
    }
  }

  void write(std::size_t query, std::vector<Key> keys) const {
    if (keys.size() < wanted_) {
      if (filter_.bits().empty())
        fill_with_zeros(keys, wanted_, std::views::iota(0u, static_cast<std::uint32_t>(index_.size())));
      else
        fill_with_zeros(keys, wanted_, allowed_ranks_);
    }
    write_row(out_, query, keys, index_.ties);
  }

  const Bm25Arrays& index_;
  const IdRows& queries_;
  const TopK& out_;
  const Execution& execution_;
  Filter filter_;
  std::vector<std::uint32_t> allowed_ranks_;  // of a filter, as many as may be needed to fill lists
  std::size_t wanted_ = out_.k;
};

}  // namespace

void Bm25Index::search(const IdRows& queries, const Subset& subset, const TopK& out, const Execution& execution) const {
  check_id_rows("queries", queries, terms());
  check_top_k(out, queries.size(), size());
  check_subset(subset, queries.size(), size());
  Bm25Search search(*arrays_, queries, out, execution);
  if (!subset.candidates.offsets.empty())
    search.run_candidates(subset.candidates);
  else if (!subset.filter.empty())
    search.run_filtered(subset.filter);
  else
    search.run();
}

}  // namespace tenbin
