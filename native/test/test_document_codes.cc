// Codes of documents and of queries: what is multiplied is exact, and every score lies within the bound that they give.

#include "vector/document_codes.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "harness.h"
#include "kernels/kernels.h"

using tenbin::Matrix;

namespace {

/// Rows of one kind: "normal", "shifted" (all alike, so that pairs of codes have one sign), "equal" or "few"
/// (components that are not zero).
std::vector<float> rows_of(const std::string& kind, harness::Random& random, std::size_t count, std::size_t dimension) {
  std::normal_distribution<float> normal;
  std::vector<float> rows(count * dimension);
  for (float& x : rows) {
    x = normal(random);
    if (kind == "shifted") x = 0.2f * x + 3;
    if (kind == "equal") x = -1.5f;
    if (kind == "few" && harness::below(random, 8) != 0) x = 0;
  }
  for (std::size_t row = 0; row < count; ++row) rows[row * dimension] += 0.5f;  // none is zero
  return rows;
}

double dot(const float* a, const float* b, std::size_t dimension) {
  double sum = 0;
  for (std::size_t i = 0; i < dimension; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

void check_bounds(const std::string& kind, std::size_t dimension, tenbin::Isa isa, harness::Random& random) {
  constexpr std::size_t kDocuments = 33;
  constexpr std::size_t kQueries = 7;
  const auto documents = rows_of(kind, random, kDocuments, dimension);
  const auto queries = rows_of(kind, random, kQueries, dimension);
  tenbin::ThreadPool pool(1);
  const tenbin::Cancellation cancellation;
  const tenbin::Kernels& kernels = tenbin::kernels_for(isa);
  std::vector<double> norms;
  const tenbin::DocumentCodes codes({documents, kDocuments, dimension}, {}, tenbin::Metric::kCosine, norms,
                                    {pool, kernels, cancellation});

  std::vector<float> scratch(dimension + 16);
  std::vector<std::int8_t> query_codes(codes.padded());
  std::vector<std::int32_t> sums(codes.panel_count() * tenbin::kDocumentsPerPanel);
  for (std::size_t q = 0; q < kQueries; ++q) {
    const float* query = queries.data() + q * dimension;
    const double norm = std::sqrt(dot(query, query, dimension));
    std::int32_t offset = 0;
    const tenbin::QueryCodes coded = codes.encode(query, norm, kernels, scratch.data(), query_codes.data(), &offset);
    for (std::size_t i = 0; kernels.adds_pairs_in_16_bits && i < query_codes.size(); i += 2) {
      CHECK_WITH(std::abs(query_codes[i] + query_codes[i + 1]) <= tenbin::kPairLimit, kind << ", " << dimension);
    }
    kernels.dot_codes(query_codes.data(), 1, codes.panel(0), codes.panel_count(), codes.padded(), &offset, sums.data(),
                      sums.size());
    for (std::size_t d = 0; d < kDocuments; ++d) {
      const double exact = dot(query, documents.data() + d * dimension, dimension) / (norm * norms[d]);
      const double scanned = static_cast<double>(sums[d]) * codes.scales()[d] * coded.bounds.scale + coded.mean_dot;
      const double bound = static_cast<double>(codes.residuals()[d]) * coded.bounds.by_residual +
                           static_cast<double>(codes.norms()[d]) * coded.bounds.by_norm + coded.slack;
      CHECK_WITH(std::abs(scanned - exact) <= bound,
                 kind << ", " << dimension << " dimensions, " << tenbin::name_of(isa) << ": " << scanned - exact);
      // Codes of seven bits miss little of most rows, and the bound says so.
      if (dimension >= 64) CHECK_WITH(bound < 0.1, kind << ", " << dimension << ": " << bound);
    }
  }
}

}  // namespace

TEST(each_score_lies_within_the_bound_of_its_codes) {
  harness::Random random(32);
  for (const tenbin::Isa isa : tenbin::usable_isas()) {
    for (const char* kind : {"normal", "shifted", "equal", "few"}) {
      for (const std::size_t dimension : {1u, 2u, 3u, 7u, 16u, 17u, 100u, 768u}) {
        check_bounds(kind, dimension, isa, random);
      }
    }
  }
}
