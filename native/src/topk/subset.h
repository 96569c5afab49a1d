#pragma once

#include "tenbin/subset.h"

namespace tenbin {

/// Throws InputError, naming `what`, unless offsets ascend within ids and every id of a row is below `limit`.
void check_id_rows(const char* what, const IdRows& rows, std::size_t limit);

/// Throws InputError when the subset does not fit `queries` and `size` documents, or a query's candidates repeat one.
void check_subset(const Subset& subset, std::size_t queries, std::size_t size);

/// Whether a filter lets the document through; an empty one lets all.
inline bool allows(std::span<const std::uint8_t> filter, std::uint32_t document) noexcept {
  return filter.empty() || (filter[document / 8] >> document % 8 & 1) != 0;
}

}  // namespace tenbin
