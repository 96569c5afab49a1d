#pragma once

#include "tenbin/bm25_index.h"

namespace tenbin {

/// Throws InputError, naming `what`, unless offsets ascend within ids and every id of a row is below `limit`.
void check_id_rows(const char* what, const IdRows& rows, std::size_t limit);

}  // namespace tenbin
