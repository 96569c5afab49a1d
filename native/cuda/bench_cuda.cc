// Checks the search on a GPU against the definition, on new random inputs each time, and measures it against what the
// GPU can do. Needs no Node.
//
//   bench_cuda [--check] [--seed N] [--documents N]
//
// --check measures nothing. Exits with 77 and "no GPU: <why>" where there is none, with 1 when a result is wrong.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "bench_data.h"
#include "cuda_ceilings.h"

namespace {

using namespace bench;
using Random = std::mt19937_64;

constexpr int kNoGpu = 77;

void fill(Data& data, std::uint64_t seed) {
  const std::size_t dimension = data.matrix.dimension;
  execution().pool.parallel_for((data.matrix.count + 1023) / 1024, [&](std::size_t task) {
    Random random(seed + task);
    std::normal_distribution<float> normal;
    const std::size_t last = std::min((task + 1) * 1024, data.matrix.count) * dimension;
    for (std::size_t i = task * 1024 * dimension; i < last; ++i) data.values[i] = normal(random);
  });
}

void measure(std::size_t count, std::uint64_t seed) {
  constexpr std::size_t kDimension = 768;
  constexpr std::size_t kTop = 100;
  const auto ceilings = tenbin::measure_cuda_ceilings(kDevice);
  std::printf("mma.sync alone %.0f TFLOP/s, copy %.0f GB/s\n", ceilings.matrix_tflops, ceilings.copy_gbs);
  Data documents(count, kDimension);
  fill(documents, seed);
  const auto index = index_of(documents, tenbin::Metric::kCosine, {});
  for (const std::size_t queries : {1, 16, 200, 1000}) {
    Data asked(queries, kDimension);
    fill(asked, seed + 1'000'000'007);
    Found found(queries, kTop);
    double best = 1e30;
    tenbin::SearchReport report;
    for (int trial = 0; trial < 6; ++trial) {
      const auto start = std::chrono::steady_clock::now();
      report = index.search(asked.matrix, {}, found.view(), execution());
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (trial > 0) best = std::min(best, seconds);
    }
    const double scores = static_cast<double>(queries) * static_cast<double>(count);
    const double tflops = 2 * scores * kDimension / best / 1e12;
    // At least the codes are read, once for each 1,024 queries.
    const double gbs = static_cast<double>(count) * kDimension * 2 / best / 1e9;
    std::printf(
        "%zu x %zu x %zu, k %zu: %.2f ms, %.1f TFLOP/s (%.0f %% of mma.sync), %.0f GB/s of codes (%.0f %%), "
        "%zu fallbacks, %.0f scored a query\n",
        queries, count, kDimension, kTop, best * 1e3, tflops, 100 * tflops / ceilings.matrix_tflops, gbs,
        100 * gbs / ceilings.copy_gbs, report.fallbacks,
        static_cast<double>(report.scored) / static_cast<double>(queries));
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool check_only = false;
  std::uint64_t seed = std::random_device{}();
  std::size_t documents = 1'000'000;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--check") {
      check_only = true;
    } else if (argument == "--seed" && i + 1 < argc) {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--documents" && i + 1 < argc) {
      documents = std::strtoull(argv[++i], nullptr, 10);
    } else {
      std::fprintf(stderr, "usage: bench_cuda [--check] [--seed N] [--documents N]\n");
      return 2;
    }
  }
  try {
    const auto found = tenbin::find_cuda_devices();
    if (found.devices.empty() || !found.devices[kDevice].usable()) {
      std::printf("no GPU: %s\n", found.devices.empty() ? found.reason.c_str() : "compute capability below 8.0");
      return kNoGpu;
    }
    std::printf("%s, seed %llu\n", found.devices[kDevice].name.c_str(), static_cast<unsigned long long>(seed));
    Random random(seed);
    constexpr int kChecks = 200;
    int right = 0;
    for (int i = 0; i < kChecks; ++i) right += check_one(random) ? 1 : 0;
    std::printf("%d of %d random searches are right\n", right, kChecks);
    if (right < kChecks) return 1;
    if (!check_only) measure(std::max<std::size_t>(documents, 100), seed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
