#include <algorithm>
#include <limits>

#include "bm25/token_rows.h"
#include "kernels/kernels.h"
#include "tenbin/bm25_index.h"
#include "topk/top_keys.h"

namespace tenbin {

namespace {

constexpr std::size_t kBlock = 1024;  // documents between two looks at the threshold

}  // namespace

/// What one thread needs for one query after another.
struct Bm25Scratch {
  Bm25Scratch(std::size_t size, std::size_t k) : scores(size), found(kBlock), best(k) {}

  std::vector<float> scores;         // [documents]
  std::vector<std::uint32_t> found;  // [kBlock]
  TopKeys best;
};

void Bm25Index::add_impacts(std::span<const std::uint32_t> query, float* scores) const noexcept {
  for (const std::uint32_t id : query) {
    const std::uint64_t end = postings_begin_[id + 1];
    for (std::uint64_t i = postings_begin_[id]; i < end; ++i) scores[documents_[i]] += impacts_[i];
  }
}

void Bm25Index::search_one(std::span<const std::uint32_t> query, std::size_t row, const TopK& out, Bm25Scratch& scratch,
                           const Kernels& kernels) const {
  float* scores = scratch.scores.data();
  std::fill_n(scores, size(), 0.0f);
  add_impacts(query, scores);

  TopKeys& best = scratch.best;
  best.clear();
  for (std::size_t base = 0; base < size(); base += kBlock) {
    // Impacts are never negative, so what reaches the smallest positive number is what any query term has touched.
    const float threshold = std::max(best.floor_score(), std::numeric_limits<float>::denorm_min());
    const std::size_t count = std::min(kBlock, size() - base);
    const std::size_t found = kernels.collect_at_least(scores + base, count, threshold,
                                                       static_cast<std::uint32_t>(base), scratch.found.data());
    for (std::size_t i = 0; i < found; ++i) {
      const std::uint32_t document = scratch.found[i];
      best.push(make_key(scores[document], ties_.rank_of(document)));
    }
  }
  std::vector<Key> keys = best.sorted();
  for (std::uint32_t rank = 0; keys.size() < out.k; ++rank) {
    if (scores[ties_.document_at(rank)] == 0.0f) keys.push_back(make_key(0.0f, rank));
  }
  write_row(out, row, keys, ties_);
}

void Bm25Index::search(const TokenRows& queries, const TopK& out, const Execution& execution) const {
  check_token_rows("queries", queries, vocabulary_size());
  check_top_k(out, queries.size(), size());
  // A few tasks a thread even out queries of unequal length; each task pays for one scratch.
  const std::size_t tasks = std::min(queries.size(), 4 * execution.pool.size());
  execution.pool.parallel_for(tasks, [&](std::size_t task) {
    Bm25Scratch scratch(size(), out.k);
    for (std::size_t query = task; query < queries.size(); query += tasks) {
      execution.cancellation.check();
      search_one(queries.row(query), query, out, scratch, execution.kernels);
    }
  });
}

}  // namespace tenbin
