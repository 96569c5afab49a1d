#include "scan_trial.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "gpu_index.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

// More than one tile of queries, and four of dimensions, the last of them not full.
constexpr std::size_t kQueries = 150;
constexpr std::size_t kDimension = 200;
constexpr std::size_t kTop = 20;

std::vector<float> random_values(std::size_t count, std::uint32_t seed) {
  std::minstd_rand random(seed);
  std::vector<float> values(count);
  for (float& x : values) x = static_cast<float>(random()) * 0x1p-30f - 1;
  return values;
}

struct Found {
  std::vector<std::uint32_t> indices = std::vector<std::uint32_t>(kQueries * kTop);
  std::vector<float> scores = std::vector<float>(kQueries * kTop);
  std::vector<std::uint32_t> counts = std::vector<std::uint32_t>(kQueries);

  TopK view() { return {kTop, indices, scores, counts}; }

  bool operator==(const Found& other) const {
    const auto same_bits = [](float x, float y) {
      return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
    };
    return indices == other.indices && counts == other.counts &&
           std::equal(scores.begin(), scores.end(), other.scores.begin(), same_bits);
  }
};

}  // namespace

bool finds_what_the_core_finds(std::unique_ptr<Gpu> gpu, std::size_t documents, const Execution& execution) {
  const std::vector<float> rows = random_values(documents * kDimension, 1);
  const std::vector<float> asked = random_values(kQueries * kDimension, 2);
  const Matrix document_matrix{rows, documents, kDimension};
  const Matrix query_matrix{asked, kQueries, kDimension};
  std::vector<std::uint32_t> ranks(documents);
  std::iota(ranks.begin(), ranks.end(), 0u);
  const auto core = VectorIndex::create(document_matrix, Metric::kCosine, ranks, Scan::kFloat32, execution);
  Found expected;
  core.search(query_matrix, {}, expected.view(), execution);
  std::vector<std::unique_ptr<Gpu>> gpus;
  gpus.push_back(std::move(gpu));
  try {
    const auto index = GpuIndex::create(document_matrix, Metric::kCosine, ranks, std::move(gpus), {}, execution);
    Found found;
    const SearchReport report = index.search(query_matrix, {}, found.view(), execution);
    return report.fallbacks == 0 && found == expected;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace tenbin
