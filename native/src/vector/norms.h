#pragma once

#include <vector>

#include "tenbin/vector_index.h"

namespace tenbin {

/// Euclidean norm of each row in float64. Throws InputError "<what>: row r, dimension d is NaN" for a component that is
/// not finite, naming the first such row, and when data.size() is not count x dimension.
std::vector<double> checked_norms(const char* what, const Matrix& matrix, const Execution& execution);

}  // namespace tenbin
