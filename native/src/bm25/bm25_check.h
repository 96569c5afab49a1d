#pragma once

#include "bm25/bm25_arrays.h"

namespace tenbin {

/// Checks what searches rely on, of arrays that come from outside: that no index leads out of an array, and that bounds
/// and tables say what the postings say, so that a search is exact. The lengths of arrays that count documents, terms
/// or postings must agree already, and ties be checked. Reads every array about once, on all threads. Throws
/// InputError, naming the array; Cancelled.
void check_arrays(const Bm25Arrays& arrays, const Execution& execution);

}  // namespace tenbin
