#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <limits>
#include <memory>
#include <ranges>
#include <string>

#include "bm25/bm25_arrays.h"
#include "bm25/id_rows.h"
#include "kernels/kernels.h"
#include "tenbin/errors.h"
#include "topk/top_keys.h"

namespace tenbin {

namespace {

constexpr float kSmallestPositive = std::numeric_limits<float>::denorm_min();
/// Above this share of all documents, candidates are searched like a filter and not one by one.
constexpr std::size_t kCandidateShare = 16;

/// A token of the query and where its postings have been read to.
struct QueryTerm {
  std::uint32_t term;
  const std::uint16_t* bitmap;  // or null
  const Bm25Block* blocks;      // or null, with a bitmap never
  std::uint64_t begin;
  std::uint64_t cursor;
  std::uint64_t end;
  float maximum;
};

/// Documents that a search goes through, in whole blocks.
struct BlockRange {
  std::size_t first;
  std::size_t last;
};

bool allows(std::span<const std::uint8_t> filter, std::uint32_t document) noexcept {
  return filter.empty() || (filter[document / 8] >> document % 8 & 1) != 0;
}

/// Asks for the first lines of a posting list while those of other terms are on their way. The address may be outside.
void prefetch([[maybe_unused]] const void* address) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(address);
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(address) + 64));
#endif
}

/// What one thread needs for one query after another.
class BlockSearch {
 public:
  BlockSearch(const Bm25Arrays& index, std::span<const std::uint8_t> filter, std::size_t k, const Execution& execution)
      : index_(index), filter_(filter), k_(k), execution_(execution), best_(k) {}

  /// The documents of the range with a score above 0, at most k, best first.
  const std::vector<Key>& run(std::span<const std::uint32_t> query, BlockRange range);

 private:
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

void BlockSearch::open_terms(std::span<const std::uint32_t> query, std::size_t first_block) {
  terms_.clear();
  for (const std::uint32_t term : query) {
    const float maximum = index_.maxima[term];
    if (maximum == 0) continue;  // adds nothing: in no document, or its idf is 0
    QueryTerm opened{term, nullptr, nullptr, index_.postings_begin[term], 0, index_.postings_begin[term + 1], maximum};
    opened.cursor = opened.begin;
    if (term < index_.bitmap_terms()) opened.bitmap = index_.bitmap_of(term);
    if (term < index_.block_terms()) {
      opened.blocks = index_.blocks_of(term).data();
    } else if (first_block > 0) {
      const auto from = index_.documents.begin();
      opened.cursor = static_cast<std::uint64_t>(std::lower_bound(from + static_cast<std::ptrdiff_t>(opened.begin),
                                                                  from + static_cast<std::ptrdiff_t>(opened.end),
                                                                  first_block * kBlockDocuments) -
                                                 from);
    }
    prefetch(index_.documents.data() + opened.cursor);
    prefetch(index_.impacts.data() + opened.cursor);
    terms_.push_back(opened);
  }
  // A float32 sum of n impacts exceeds the true sum by less than this factor, while n is below 2^24.
  const double terms = static_cast<double>(terms_.size());
  bound_slack_ = terms < 0x1p20 ? 1 + (terms + 1) * 0x1p-23 : std::numeric_limits<double>::infinity();
}

bool BlockSearch::can_reach(float threshold, std::size_t block) const noexcept {
  double bound = 0;
  for (const QueryTerm& term : terms_) bound += term.blocks ? term.blocks[block].maximum : term.maximum;
  return bound * bound_slack_ >= threshold;
}

void BlockSearch::add_impacts(std::size_t block, std::size_t padded) {
  const auto base = static_cast<std::uint32_t>(block * kBlockDocuments);
  float* scores = scores_.data();
  std::fill_n(scores, padded, 0.0f);
  const std::uint32_t* documents = index_.documents.data();
  const float* impacts = index_.impacts.data();
  for (QueryTerm& term : terms_) {
    execution_.cancellation.check();  // a query may have any number of terms
    std::uint64_t i = term.cursor;
    if (term.blocks) {
      i = term.begin + (block == 0 ? 0 : term.blocks[block - 1].end);
      if (term.bitmap) {
        execution_.kernels.add_packed(scores, term.bitmap + base / 16, padded, impacts + i);
        continue;
      }
      const std::uint64_t end = term.begin + term.blocks[block].end;
      for (; i < end; ++i) scores[documents[i] - base] += impacts[i];
    } else {
      // Blocks may have been left out since this term's last posting.
      while (i < term.end && documents[i] < base) ++i;
      for (; i < term.end && documents[i] - base < kBlockDocuments; ++i) scores[documents[i] - base] += impacts[i];
      term.cursor = i;
    }
  }
}

void BlockSearch::drop_filtered(std::size_t base, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; i += 8) {
    const std::uint8_t bits = filter_[(base + i) / 8];
    if (bits == 0xff) continue;
    for (std::size_t bit = 0; bit < 8; ++bit) {
      if ((bits >> bit & 1) == 0) scores_[i + bit] = 0;
    }
  }
}

/// A score that at least k documents of the block reach, near the highest such: among the maxima of disjoint groups of
/// documents, one that k of them reach, found by bisection over the bits of a float, which order like positive floats.
float BlockSearch::block_threshold(std::size_t padded) {
  constexpr std::size_t kGroup = 16;
  constexpr int kSteps = 14;  // leaves 2^-14 of the span between 0 and the largest
  const std::size_t groups = padded / kGroup;
  if (groups < k_) return kSmallestPositive;
  execution_.kernels.group_maxima(scores_.data(), padded, maxima_.data());
  std::uint32_t low = 0;
  std::uint32_t high = std::bit_cast<std::uint32_t>(*std::max_element(maxima_.begin(), maxima_.begin() + groups)) + 1;
  low = high > (4u << 23) ? high - (4u << 23) : 0;
  if (execution_.kernels.count_at_least(maxima_.data(), groups, std::bit_cast<float>(low)) < k_) low = 0;
  for (int step = 0; step < kSteps; ++step) {
    const std::uint32_t middle = low + (high - low) / 2;
    const bool reached = execution_.kernels.count_at_least(maxima_.data(), groups, std::bit_cast<float>(middle)) >= k_;
    (reached ? low : high) = middle;
  }
  return std::max(std::bit_cast<float>(low), kSmallestPositive);
}

const std::vector<Key>& BlockSearch::run(std::span<const std::uint32_t> query, BlockRange range) {
  best_.clear();
  open_terms(query, range.first);
  float threshold = kSmallestPositive;
  for (std::size_t block = range.first; block < range.last && !terms_.empty(); ++block) {
    execution_.cancellation.check();
    threshold = std::max(threshold, best_.floor_score());
    if (!can_reach(threshold, block)) continue;
    const std::size_t base = block * kBlockDocuments;
    const std::size_t count = std::min(kBlockDocuments, index_.size() - base);
    const std::size_t padded = (count + kPadding - 1) / kPadding * kPadding;
    add_impacts(block, padded);
    if (!filter_.empty()) drop_filtered(base, count);
    if (!best_.full()) threshold = std::max(threshold, block_threshold(padded));
    const std::size_t found = execution_.kernels.collect_at_least(scores_.data(), count, threshold,
                                                                  static_cast<std::uint32_t>(base), found_.data());
    for (std::size_t i = 0; i < found; ++i) {
      best_.push(make_key(scores_[found_[i] - base], index_.ties.rank_of(found_[i])));
    }
  }
  return best_.sorted();
}

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

void check_subset(const Bm25Subset& subset, std::size_t queries, std::size_t size) {
  if (!subset.filter.empty() && !subset.candidates.offsets.empty()) {
    throw InputError("filter and candidates: only one of the two");
  }
  if (!subset.filter.empty() && subset.filter.size() != (size + 7) / 8) {
    throw InputError("filter: one bit a document is needed");
  }
  const IdRows& candidates = subset.candidates;
  if (candidates.offsets.empty()) return;
  check_id_rows("candidates", candidates, size);
  if (candidates.size() != queries) throw InputError("candidates: one row a query is needed");
  std::vector<std::uint32_t> last_query(size, std::numeric_limits<std::uint32_t>::max());
  for (std::size_t query = 0; query < queries; ++query) {
    for (const std::uint32_t document : candidates.row(query)) {
      if (last_query[document] == query) {
        throw InputError("candidates: document " + std::to_string(document) + " is given twice for query " +
                         std::to_string(query));
      }
      last_query[document] = static_cast<std::uint32_t>(query);
    }
  }
}

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

void Bm25Index::search(const IdRows& queries, const Bm25Subset& subset, const TopK& out,
                       const Execution& execution) const {
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

void Bm25Index::search_exhaustively(const IdRows& queries, const TopK& out, const Execution& execution) const {
  check_id_rows("queries", queries, terms());
  check_top_k(out, queries.size(), size());
  const Bm25Arrays& index = *arrays_;
  execution.pool.parallel_for(queries.size(), [&](std::size_t query) {
    std::vector<float> scores(size());
    for (const std::uint32_t term : queries.row(query)) {
      for (std::uint64_t i = index.postings_begin[term]; i < index.postings_begin[term + 1]; ++i) {
        scores[index.documents[i]] += index.impacts[i];
      }
    }
    std::vector<Key> keys;
    for (std::uint32_t document = 0; document < size(); ++document) {
      keys.push_back(make_key(scores[document], index.ties.rank_of(document)));
    }
    std::sort(keys.begin(), keys.end(), std::greater<>());
    keys.resize(out.k);
    write_row(out, query, keys, index.ties);
  });
}

}  // namespace tenbin
