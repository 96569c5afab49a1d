#pragma once

#include "tenbin/bm25_index.h"

namespace tenbin {

/// Throws InputError, naming `what`, unless offsets ascend within ids and every id of a row is below the vocabulary.
void check_token_rows(const char* what, const TokenRows& rows, std::uint32_t vocabulary_size);

}  // namespace tenbin
