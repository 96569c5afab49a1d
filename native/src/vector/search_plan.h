#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "tenbin/top_k.h"
#include "topk/top_keys.h"

namespace tenbin {

constexpr std::size_t ceil_div(std::size_t a, std::size_t b) noexcept { return (a + b - 1) / b; }

/// What one task of a search covers: queries [first_query, last_query) and documents [first, last).
struct SearchPart {
  std::size_t first_query;
  std::size_t last_query;
  std::size_t first;
  std::size_t last;
};

/// How a search is cut into tasks: blocks of queries, and, when those are fewer than the threads, shards of documents.
struct SearchPlan {
  /// @param most_queries of a block; blocks hold whole groups of `group` queries.
  SearchPlan(std::size_t queries, std::size_t documents, std::size_t most_queries, std::size_t group,
             std::size_t threads);

  std::size_t tasks() const noexcept { return query_blocks * shards; }

  /// The shards of a block of queries are tasks one behind the other.
  SearchPart part(std::size_t task) const noexcept;

  /// Runs `search(part)`, which returns the best keys of each of its queries, best first, for all parts, and hands each
  /// query's merged keys to `write(query, keys)`.
  void run(ThreadPool& pool, const std::function<std::vector<std::vector<Key>>(const SearchPart&)>& search,
           const std::function<void(std::size_t, std::vector<Key>&)>& write) const;

  std::size_t queries;
  std::size_t documents;
  std::size_t queries_per_block;
  std::size_t query_blocks;
  std::size_t shards;
  std::size_t documents_per_shard;
};

}  // namespace tenbin
