#include <cstdint>
#include <numeric>

#include "bench/allocations.h"
#include "bench/rate.h"
#include "bench/rates.h"
#include "kernels/kernels.h"
#include "tenbin/vector_index.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueries = 200;
constexpr std::size_t kBest = 100;
constexpr int kSingles = 5;  // searches of one query an attempt

/// Seconds of the fastest search for the first `count` queries.
double fastest(const VectorIndex& index, const Matrix& queries, std::size_t count, const Execution& execution) {
  std::vector<std::uint32_t> indices(count * kBest);
  std::vector<float> scores(count * kBest);
  std::vector<std::uint32_t> counts(count);
  const Matrix some{queries.data.first(count * kDimensions), count, kDimensions};
  double best = 0;
  for (int attempt = 0; attempt < kAttempts * (count == 1 ? kSingles : 1); ++attempt) {
    const double seconds = seconds_of([&] { index.search(some, {}, {kBest, indices, scores, counts}, execution); });
    if (best == 0 || seconds < best) best = seconds;
  }
  return best;
}

}  // namespace

std::vector<Rate> scan_rates(Isa isa, std::size_t threads, std::span<const float> embeddings) {
  ThreadPool pool(threads);
  const Cancellation cancellation;
  const Execution execution{pool, kernels_for(isa), cancellation};
  const Matrix documents{embeddings, kDocuments, kDimensions};
  // Documents shifted by half a row, and so unlike any of them.
  std::vector<float> queries(embeddings.begin(), embeddings.begin() + kQueries * kDimensions);
  std::rotate(queries.begin(), queries.begin() + kDimensions / 2, queries.end());
  const Matrix asked{queries, kQueries, kDimensions};
  std::vector<std::uint32_t> ranks(kDocuments);
  std::iota(ranks.begin(), ranks.end(), 0u);

  const double components = static_cast<double>(kDocuments * kDimensions);
  std::vector<Rate> rates;
  const auto add = [&](Scan scan, std::string_view batch, std::string_view single, double bytes) {
    const VectorIndex index = VectorIndex::create(documents, Metric::kCosine, ranks, scan, execution);
    rates.push_back({batch, threads, 2 * kQueries * components / fastest(index, asked, kQueries, execution)});
    rates.push_back({single, threads, bytes * components / fastest(index, asked, 1, execution)});
  };
  const auto count_allocations = [&] {
    const VectorIndex index = VectorIndex::create(documents, Metric::kCosine, ranks, Scan::kCodes, execution);
    std::vector<std::uint32_t> indices(kQueries * kBest);
    std::vector<float> scores(kQueries * kBest);
    std::vector<std::uint32_t> counts(kQueries);
    const std::size_t before = allocations();
    index.search(asked, {}, {kBest, indices, scores, counts}, execution);
    rates.push_back({"allocations", threads, static_cast<double>(allocations() - before)});
  };
  add(Scan::kFloat32, "float32 batch", "float32 single", sizeof(float));
  add(Scan::kCodes, "codes batch", "codes single", sizeof(std::uint8_t));
  count_allocations();
  return rates;
}

}  // namespace tenbin
