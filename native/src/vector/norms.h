#pragma once

#include <vector>

#include "tenbin/vector_index.h"
#include "vector/document_pages.h"

namespace tenbin {

/// Products of components of two vectors whose norms lie in here neither overflow float32 nor lose more to underflow
/// than the slack of the error bounds.
inline bool in_scan_range(double norm) noexcept { return norm >= 1e-15 && norm <= 1e15; }

/// Throws InputError as checked_norms does when one of `norms` is not finite.
void check_finite(const char* what, const Matrix& matrix, const std::vector<double>& norms);

/// Throws InputError unless data.size() is count x dimension.
void check_shape(const char* what, const Matrix& matrix);

/// Euclidean norm of each row in float64. Throws InputError "<what>: row r, dimension d is NaN" for a component that is
/// not finite, naming the first such row, and when data.size() is not count x dimension.
std::vector<double> checked_norms(const char* what, const Matrix& matrix, const Execution& execution,
                                  const DocumentPages& pages = {});

}  // namespace tenbin
