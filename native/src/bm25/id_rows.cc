#include "bm25/id_rows.h"

#include <string>

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

}  // namespace tenbin
