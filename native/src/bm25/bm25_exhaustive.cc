#include <algorithm>
#include <functional>

#include "bm25/bm25_arrays.h"
#include "topk/subset.h"
#include "topk/top_keys.h"

namespace tenbin {

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
