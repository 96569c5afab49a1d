// Candidates turned from lists of documents by query into lists of queries by document.

#include "vector/document_queries.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "harness.h"

namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;

Lists random_lists(harness::Random& random, std::size_t queries, std::size_t documents, std::size_t share) {
  Lists lists(queries);
  for (auto& list : lists) {
    for (std::uint32_t d = 0; d < documents; ++d) {
      if (harness::below(random, share) == 0) list.push_back(d);
    }
  }
  return lists;
}

}  // namespace

TEST(documents_by_query_become_queries_by_document) {
  harness::Random random(31);
  for (int round = 0; round < 300; ++round) {
    const std::size_t documents = 1 + harness::below(random, 400);
    const std::size_t first = harness::below(random, documents);
    const std::size_t last = first + 1 + harness::below(random, documents - first);
    const Lists lists = random_lists(random, harness::below(random, 9), documents, 1 + harness::below(random, 12));

    std::map<std::uint32_t, std::vector<std::uint32_t>> expected;
    tenbin::DocumentQueries turned(lists.size(), first, last);
    for (std::uint32_t q = 0; q < lists.size(); ++q) {
      turned.add(q, lists[q]);
      for (const std::uint32_t document : lists[q]) {
        if (document >= first && document < last) expected[document].push_back(q);
      }
    }
    turned.sort();

    for (const auto& [document, queries] : expected) {
      CHECK(turned.left() && turned.document() == document);
      CHECK(document == 0 || turned.take(document - 1).empty());
      const auto taken = turned.take(document);
      CHECK_WITH(std::equal(taken.begin(), taken.end(), queries.begin(), queries.end()), "document " << document);
      for (const std::uint32_t q : taken) CHECK(lists[q][turned.pass_position(q)] == document);
    }
    CHECK(!turned.left());
    CHECK(turned.take(turned.document()).empty());
  }
}
