#include <cstdint>

#include "bench/rate.h"
#include "bench/rates.h"
#include "kernels/kernels.h"
#include "vector/aligned_array.h"

namespace tenbin {

namespace {

constexpr std::size_t kPasses = 400;  // hundredths of a second
// As the scans do: queries in whole groups for every kernel, blocks of a quarter of a megabyte at most.
constexpr std::size_t kQueries = 96;
constexpr std::size_t kTileDocuments = 80;
constexpr std::size_t kPanels = 16;
constexpr std::size_t kWidth = kPanels * kDocumentsPerPanel;

double operations(std::size_t documents) {
  return 2.0 * static_cast<double>(kPasses * kQueries * documents * kDimensions);
}

double run_dot_tile(const Kernels& kernels) {
  const AlignedArray<float> panels(kQueries * kDimensions);
  std::fill_n(panels.get(), kQueries * kDimensions, 0.03f);
  const std::vector<float> documents(kTileDocuments * kDimensions, 0.03f);
  const std::vector<float> scale(kTileDocuments, 1.0f);
  std::vector<float> tile(kQueries * kTileDocuments);
  for (std::size_t pass = 0; pass < kPasses; ++pass) {
    kernels.dot_tile(panels.get(), kQueries / kQueriesPerPanel, documents.data(), kTileDocuments, kDimensions,
                     scale.data(), tile.data(), kTileDocuments);
  }
  return operations(kTileDocuments);
}

double run_dot_codes(const Kernels& kernels) {
  const std::vector<std::int8_t> queries(kQueries * kDimensions, 3);
  const std::vector<std::uint8_t> panels(kWidth * kDimensions, 131);
  const std::vector<std::int32_t> offsets(kQueries, -128 * 3 * static_cast<std::int32_t>(kDimensions));
  std::vector<std::int32_t> sums(kQueries * kWidth);
  for (std::size_t pass = 0; pass < kPasses; ++pass) {
    kernels.dot_codes(queries.data(), kQueries, panels.data(), kPanels, kDimensions, offsets.data(), sums.data(),
                      kWidth);
  }
  return operations(kWidth);
}

}  // namespace

std::vector<Rate> kernel_rates(Isa isa, std::size_t threads) {
  const Kernels& kernels = kernels_for(isa);
  return {
      {"kernel dot_tile", threads, best_rate(threads, [&](std::size_t) { return run_dot_tile(kernels); })},
      {"kernel dot_codes", threads, best_rate(threads, [&](std::size_t) { return run_dot_codes(kernels); })},
  };
}

}  // namespace tenbin
