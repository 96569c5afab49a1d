#include "vector/search_plan.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "kernels/kernels.h"

namespace tenbin {

namespace {

constexpr std::size_t kSmallestShard = 2048;

}  // namespace

SearchPlan::SearchPlan(std::size_t query_count, std::size_t document_count, std::size_t most_queries, std::size_t group,
                       std::size_t threads)
    : queries(query_count), documents(document_count) {
  const std::size_t rounds = ceil_div(queries, most_queries * threads);
  const std::size_t even = ceil_div(queries, rounds * threads);
  queries_per_block = std::min(most_queries, ceil_div(even, group) * group);
  query_blocks = ceil_div(queries, queries_per_block);
  const std::size_t wanted = query_blocks >= threads ? 1 : ceil_div(threads, query_blocks);
  shards = std::clamp<std::size_t>(documents / kSmallestShard, 1, wanted);
  documents_per_shard = ceil_div(ceil_div(documents, shards), kDocumentsPerPanel) * kDocumentsPerPanel;
}

SearchPart SearchPlan::part(std::size_t task) const noexcept {
  const std::size_t first_query = task / shards * queries_per_block;
  const std::size_t first = std::min(task % shards * documents_per_shard, documents);
  return {first_query, std::min(first_query + queries_per_block, queries), first,
          std::min(first + documents_per_shard, documents)};
}

void SearchPlan::run(ThreadPool& pool, const std::function<std::vector<std::vector<Key>>(const SearchPart&)>& search,
                     const std::function<void(std::size_t, std::vector<Key>&)>& write) const {
  // [query][shard] -> keys; with one shard a task writes its rows itself.
  std::vector<std::vector<Key>> partial(shards > 1 ? queries * shards : 0);
  pool.parallel_for(tasks(), [&](std::size_t task) {
    const SearchPart part = this->part(task);
    auto keys = search(part);
    for (std::size_t q = part.first_query; q < part.last_query; ++q) {
      auto& row = keys[q - part.first_query];
      if (shards == 1) {
        write(q, row);
      } else {
        partial[q * shards + task % shards] = std::move(row);
      }
    }
  });
  if (shards == 1) return;
  for (std::size_t q = 0; q < queries; ++q) {
    std::vector<Key> merged;
    for (std::size_t shard = 0; shard < shards; ++shard) {
      const auto& keys = partial[q * shards + shard];
      merged.insert(merged.end(), keys.begin(), keys.end());
    }
    std::sort(merged.begin(), merged.end(), std::greater<>());
    write(q, merged);
  }
}

}  // namespace tenbin
