#include "topk/subset.h"

#include <limits>
#include <string>
#include <vector>

#include "tenbin/errors.h"

namespace tenbin {

void check_id_rows(const char* what, const IdRows& rows, std::size_t limit) {
  const std::string name(what);
  const auto& offsets = rows.offsets;
  if (offsets.empty() || offsets.back() > rows.ids.size()) {
    throw InputError(name + ": offsets must be one more than rows and end within the ids");
  }
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    if (offsets[i] > offsets[i + 1]) throw InputError(name + ": offsets descend at row " + std::to_string(i));
  }
  for (std::size_t i = offsets.front(); i < offsets.back(); ++i) {
    if (rows.ids[i] >= limit) {
      throw InputError(name + ": id " + std::to_string(rows.ids[i]) + " at position " + std::to_string(i) +
                       " is not below " + std::to_string(limit));
    }
  }
}

void check_subset(const Subset& subset, std::size_t queries, std::size_t size) {
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

}  // namespace tenbin
