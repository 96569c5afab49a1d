#include "vector/norms.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/kernels.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

[[noreturn]] void throw_not_finite(const char* what, const Matrix& matrix, std::size_t row) {
  const float* values = matrix.row(row);
  const float* bad = std::find_if_not(values, values + matrix.dimension, [](float x) { return std::isfinite(x); });
  throw InputError(std::string(what) + ": row " + std::to_string(row) + ", dimension " + std::to_string(bad - values) +
                   " is " + (std::isnan(*bad) ? "NaN" : "infinite"));
}

}  // namespace

void check_shape(const char* what, const Matrix& matrix) {
  const bool fits = matrix.dimension > 0 && matrix.data.size() % matrix.dimension == 0 &&
                    matrix.data.size() / matrix.dimension == matrix.count;
  if (!fits) throw InputError(std::string(what) + ": the data is not count x dimension values");
}

void check_finite(const char* what, const Matrix& matrix, const std::vector<double>& norms) {
  // The square of a finite float32 is far below the largest double, so a sum is finite unless a component is not.
  const auto bad = std::find_if_not(norms.begin(), norms.end(), [](double norm) { return std::isfinite(norm); });
  if (bad != norms.end()) throw_not_finite(what, matrix, static_cast<std::size_t>(bad - norms.begin()));
}

std::vector<double> checked_norms(const char* what, const Matrix& matrix, const Execution& execution,
                                  const DocumentPages& pages) {
  check_shape(what, matrix);
  std::vector<double> norms(matrix.count);
  constexpr std::size_t kRowsPerTask = 512;
  const std::size_t tasks = (matrix.count + kRowsPerTask - 1) / kRowsPerTask;
  execution.pool.parallel_for(tasks, [&](std::size_t task) {
    execution.cancellation.check();
    const std::size_t first = task * kRowsPerTask;
    const std::size_t end = std::min(first + kRowsPerTask, matrix.count);
    PageTrail trail(pages, first, end);
    for (std::size_t row = first; row < end; ++row) {
      trail.passed(row);
      const float* values = matrix.row(row);
      norms[row] = std::sqrt(execution.kernels.squared_norm(values, matrix.dimension));
    }
  });
  check_finite(what, matrix, norms);
  return norms;
}

}  // namespace tenbin
