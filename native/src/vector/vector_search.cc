#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "kernels/kernels.h"
#include "tenbin/errors.h"
#include "tenbin/vector_index.h"
#include "vector/norms.h"
#include "vector/query_selection.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueriesPerBlock = 96;
constexpr std::size_t kKernelRows = 6;              // whole groups of queries for every kernel: 2, 3 or 6 at a time
constexpr std::size_t kDocumentBytes = 256 * 1024;  // a block of documents stays in the second-level cache
constexpr std::size_t kFewestDocuments = 16;
constexpr std::size_t kMostDocuments = 256;
constexpr std::size_t kSelectionBytes = 64 * 1024 * 1024;  // of one task's waiting documents, when k is large
constexpr std::size_t kSmallestShard = 2048;

std::size_t ceil_div(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

/// How a search is cut into tasks: blocks of queries, and, when those are fewer than the threads, shards of documents.
struct Plan {
  Plan(std::size_t queries, std::size_t documents, std::size_t k, std::size_t threads) {
    const std::size_t affordable = std::max<std::size_t>(1, kSelectionBytes / (32 * (k + 128)));
    const std::size_t most = std::min(kQueriesPerBlock, affordable);
    const std::size_t rounds = ceil_div(queries, most * threads);
    const std::size_t even = ceil_div(queries, rounds * threads);
    queries_per_block = std::min(most, ceil_div(even, kKernelRows) * kKernelRows);
    query_blocks = ceil_div(queries, queries_per_block);
    const std::size_t wanted = query_blocks >= threads ? 1 : ceil_div(threads, query_blocks);
    shards = std::clamp<std::size_t>(documents / kSmallestShard, 1, wanted);
    documents_per_shard = ceil_div(documents, shards);
  }

  std::size_t tasks() const { return query_blocks * shards; }

  std::size_t queries_per_block;
  std::size_t query_blocks;
  std::size_t shards;
  std::size_t documents_per_shard;
};

/// Bounds |scanned - exact * scan unit|: gamma(d) of the float32 dot product, the scale's, the product's and the
/// final score's roundings, with room to spare for underflow (see kSmallestNorm).
double error_bound(const VectorIndex& index, double query_norm, double largest_norm) {
  constexpr double kUnit = 0x1p-24;
  if (query_norm < 1e-15 || query_norm > 1e15) return std::numeric_limits<double>::infinity();
  const double roundings = static_cast<double>(index.dimension()) + 16;
  if (roundings * kUnit > 0.5) return std::numeric_limits<double>::infinity();  // gamma is only defined below 1
  const double gamma = roundings * kUnit / (1 - roundings * kUnit);
  return gamma * query_norm * (index.metric() == Metric::kCosine ? 1.0 : largest_norm);
}

}  // namespace

/// Scans one shard of documents for one block of queries.
class BlockSearch {
 public:
  BlockSearch(const VectorIndex& index, const Matrix& queries, const std::vector<Query>& prepared,
              const Execution& execution)
      : index_(index),
        queries_(queries),
        prepared_(prepared),
        execution_(execution),
        exact_(index.documents_, index.metric_, index.norms_, index.ties_, execution.kernels) {}

  /// Best keys of each query in [first_query, last_query) among documents [first, last), best first.
  std::vector<std::vector<Key>> run(std::size_t first_query, std::size_t last_query, std::size_t first,
                                    std::size_t last, std::size_t k) const {
    std::vector<QuerySelection> selections;
    selections.reserve(last_query - first_query);
    for (std::size_t q = first_query; q < last_query; ++q)
      selections.emplace_back(prepared_[q], exact_, index_.metric_, k);

    const std::size_t row_bytes = index_.dimension() * sizeof(float);
    const std::size_t block = std::clamp(kDocumentBytes / row_bytes, kFewestDocuments, kMostDocuments) / 4 * 4;
    std::vector<float> tile(selections.size() * block);
    std::vector<std::uint32_t> found(block);
    for (std::size_t begin = first; begin < last; begin += block) {
      execution_.cancellation.check();
      const std::size_t count = std::min(block, last - begin);
      execution_.kernels.dot_tile(queries_.row(first_query), selections.size(), index_.documents_.row(begin), count,
                                  index_.dimension(), index_.scale_.data() + begin, tile.data(), block);
      for (std::size_t q = 0; q < selections.size(); ++q) {
        const float* scores = tile.data() + q * block;
        const std::size_t reached =
            execution_.kernels.collect_at_least(scores, count, selections[q].threshold(), 0, found.data());
        for (std::size_t i = 0; i < reached; ++i) {
          selections[q].offer(scores[found[i]], static_cast<std::uint32_t>(begin + found[i]));
        }
      }
    }

    std::vector<std::vector<Key>> keys;
    keys.reserve(selections.size());
    for (QuerySelection& selection : selections) {
      execution_.cancellation.check();
      keys.push_back(selection.finish());
    }
    return keys;
  }

  void write(std::size_t query, std::vector<Key>& keys, const TopK& out) const {
    std::sort(keys.begin(), keys.end(), std::greater<>());
    keys.resize(std::min(keys.size(), out.k));
    write_row(out, query, keys, index_.ties_);
  }

 private:
  const VectorIndex& index_;
  const Matrix& queries_;
  const std::vector<Query>& prepared_;
  const Execution& execution_;
  ExactScorer exact_;
};

void VectorIndex::search(const Matrix& queries, const TopK& out, const Execution& execution) const {
  if (queries.dimension != dimension()) {
    throw InputError("queries have " + std::to_string(queries.dimension) + " dimensions, documents have " +
                     std::to_string(dimension()));
  }
  check_top_k(out, queries.count, size());
  const std::vector<double> norms = checked_norms("queries", queries, execution);
  if (queries.count == 0) return;
  if (size() == 0) {
    std::fill_n(out.counts.begin(), queries.count, 0);
    return;
  }
  std::vector<Query> prepared;
  prepared.reserve(queries.count);
  for (std::size_t q = 0; q < queries.count; ++q) {
    prepared.push_back({queries.row(q), norms[q], error_bound(*this, norms[q], largest_norm_)});
  }

  const Plan plan(queries.count, size(), out.k, execution.pool.size());
  const BlockSearch search(*this, queries, prepared, execution);
  // [query][shard] -> keys; with one shard a task writes its rows itself.
  std::vector<std::vector<Key>> partial(plan.shards > 1 ? queries.count * plan.shards : 0);
  execution.pool.parallel_for(plan.tasks(), [&](std::size_t task) {
    const std::size_t shard = task % plan.shards;
    const std::size_t first_query = task / plan.shards * plan.queries_per_block;
    const std::size_t last_query = std::min(first_query + plan.queries_per_block, queries.count);
    const std::size_t first = std::min(shard * plan.documents_per_shard, size());
    const std::size_t last = std::min(first + plan.documents_per_shard, size());
    auto keys = search.run(first_query, last_query, first, last, out.k);
    for (std::size_t q = first_query; q < last_query; ++q) {
      auto& row = keys[q - first_query];
      if (plan.shards == 1) {
        search.write(q, row, out);
      } else {
        partial[q * plan.shards + shard] = std::move(row);
      }
    }
  });
  if (plan.shards == 1) return;
  for (std::size_t q = 0; q < queries.count; ++q) {
    std::vector<Key> merged;
    for (std::size_t shard = 0; shard < plan.shards; ++shard) {
      const auto& keys = partial[q * plan.shards + shard];
      merged.insert(merged.end(), keys.begin(), keys.end());
    }
    search.write(q, merged, out);
  }
}

}  // namespace tenbin
