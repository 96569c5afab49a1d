#include "vector/document_queries.h"

#include <algorithm>
#include <utility>

namespace tenbin {

void DocumentQueries::add(std::size_t query, std::span<const std::uint32_t> documents) {
  const auto begin = std::lower_bound(documents.begin(), documents.end(), first_);
  const auto end = std::lower_bound(begin, documents.end(), last_);
  positions_[query] = static_cast<std::size_t>(begin - documents.begin());
  documents_.insert(documents_.end(), begin, end);
  queries_.resize(documents_.size(), static_cast<std::uint32_t>(query));
}

void DocumentQueries::sort() {
  if (std::is_sorted(documents_.begin(), documents_.end())) return;  // of one query
  std::vector<std::uint32_t> starts(last_ - first_ + 1);
  for (const std::uint32_t document : documents_) ++starts[document - first_ + 1];
  for (std::size_t d = 1; d < starts.size(); ++d) starts[d] += starts[d - 1];
  std::vector<std::uint32_t> documents(documents_.size());
  std::vector<std::uint32_t> queries(queries_.size());
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    const std::size_t at = starts[documents_[i] - first_]++;
    documents[at] = documents_[i];
    queries[at] = queries_[i];
  }
  documents_ = std::move(documents);
  queries_ = std::move(queries);
}

}  // namespace tenbin
