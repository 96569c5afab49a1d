#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace tenbin {

/// Lists of documents by query, turned into lists of queries by document.
class DocumentQueries {
 public:
  /// Of the documents [first, last).
  DocumentQueries(std::size_t queries, std::size_t first, std::size_t last)
      : first_(first), last_(last), positions_(queries) {}

  /// Takes those of `documents`, which ascend, that are in the range. Queries come in ascending order.
  void add(std::size_t query, std::span<const std::uint32_t> documents);

  /// After all are added, before any is taken.
  void sort();

  bool left() const noexcept { return at_ < documents_.size(); }

  /// The next document; one beyond all others if none is left.
  std::uint32_t document() const noexcept {
    return left() ? documents_[at_] : std::numeric_limits<std::uint32_t>::max();
  }

  /// Goes past `document` and returns the queries that have it, ascending; none if it is not the next.
  std::span<const std::uint32_t> take(std::uint32_t document) noexcept {
    const std::size_t begin = at_;
    while (left() && documents_[at_] == document) ++at_;
    return {queries_.data() + begin, at_ - begin};
  }

  /// Where in its list a query has the document taken last. Goes past it: to be called once for each.
  std::size_t pass_position(std::uint32_t query) noexcept { return positions_[query]++; }

 private:
  std::size_t first_;
  std::size_t last_;
  std::vector<std::size_t> positions_;
  std::vector<std::uint32_t> documents_;
  std::vector<std::uint32_t> queries_;
  std::size_t at_ = 0;
};

}  // namespace tenbin
