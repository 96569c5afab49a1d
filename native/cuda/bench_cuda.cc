// Checks the search on a GPU against the definition, on new random inputs each time, and measures it against what the
// GPU can do. Needs no Node.
//
//   bench_cuda [--check] [--scan mma|wgmma] [--seed N] [--documents N]
//
// Of scans, all that the GPU has, or the one named. --check measures nothing. Exits with 77 and "no GPU: <why>" where
// there is none, with 1 when a result is wrong.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "bench_data.h"
#include "cuda_ceilings.h"

namespace {

using namespace bench;
using tenbin::CudaScan;
using Random = std::mt19937_64;

constexpr int kNoGpu = 77;
constexpr std::size_t kDimension = 768;

void fill(Data& data, std::uint64_t seed) {
  const std::size_t dimension = data.matrix.dimension;
  execution().pool.parallel_for((data.matrix.count + 1023) / 1024, [&](std::size_t task) {
    Random random(seed + task);
    std::normal_distribution<float> normal;
    const std::size_t last = std::min((task + 1) * 1024, data.matrix.count) * dimension;
    for (std::size_t i = task * 1024 * dimension; i < last; ++i) data.values[i] = normal(random);
  });
}

const char* name_of(CudaScan scan) { return scan == CudaScan::kWgmma ? "wgmma" : "mma"; }

struct Options {
  bool check_only = false;
  std::optional<CudaScan> scan;
  std::uint64_t seed = std::random_device{}();
  std::size_t documents = 1'000'000;
};

/// None when the arguments are wrong.
std::optional<Options> parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--check") {
      options.check_only = true;
      continue;
    }
    if (i + 1 == argc) return std::nullopt;
    const std::string value = argv[++i];
    if (argument == "--seed") {
      options.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (argument == "--documents") {
      options.documents = std::max<std::size_t>(std::strtoull(value.c_str(), nullptr, 10), 100);
    } else if (argument == "--scan" && (value == "mma" || value == "wgmma")) {
      options.scan = value == "mma" ? CudaScan::kMma : CudaScan::kWgmma;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

std::vector<CudaScan> scans_of(const tenbin::CudaDevice& device, const Options& options) {
  if (options.scan) return {*options.scan};
  if (device.has_wgmma()) return {CudaScan::kMma, CudaScan::kWgmma};
  return {CudaScan::kMma};
}

/// Whether all of some random searches are right.
bool check(CudaScan scan, std::uint64_t seed) {
  Random random(seed);
  constexpr int kChecks = 200;
  int right = 0;
  for (int i = 0; i < kChecks; ++i) right += check_one(random, scan) ? 1 : 0;
  std::printf("%s: %d of %d random searches are right\n", name_of(scan), right, kChecks);
  return right == kChecks;
}

/// Searches for the top 100 of a query block's size, and prints the fastest of some trials.
void measure_search(const tenbin::GpuIndex& index, const char* scan, std::size_t count, std::size_t queries,
                    std::uint64_t seed, const tenbin::CudaCeilings& ceilings) {
  constexpr std::size_t kTop = 100;
  Data asked(queries, kDimension);
  fill(asked, seed);
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
      "%s: %zu x %zu x %zu, k %zu: %.2f ms, %.1f TFLOP/s (%.0f %% of the faster product), %.0f GB/s of codes "
      "(%.0f %%), %zu fallbacks, %.0f scored a query\n",
      scan, queries, count, kDimension, kTop, best * 1e3, tflops,
      100 * tflops / std::max(ceilings.mma_tflops, ceilings.wgmma_tflops), gbs, 100 * gbs / ceilings.copy_gbs,
      report.fallbacks, static_cast<double>(report.scored) / static_cast<double>(queries));
}

void measure(const Options& options, const tenbin::CudaDevice& device, const std::vector<CudaScan>& scans) {
  const auto ceilings = tenbin::measure_cuda_ceilings(kDevice, device.has_wgmma());
  std::printf("mma.sync alone %.0f TFLOP/s, ", ceilings.mma_tflops);
  if (device.has_wgmma()) std::printf("wgmma alone %.0f TFLOP/s, ", ceilings.wgmma_tflops);
  std::printf("copy %.0f GB/s\n", ceilings.copy_gbs);
  Data documents(options.documents, kDimension);
  fill(documents, options.seed);
  for (const CudaScan scan : scans) {
    const auto index = index_of(documents, tenbin::Metric::kCosine, {}, scan);
    for (const std::size_t queries : {1, 16, 200, 1000}) {
      measure_search(index, name_of(scan), options.documents, queries, options.seed + 1'000'000'007, ceilings);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Options> options = parse(argc, argv);
  if (!options) {
    std::fprintf(stderr, "usage: bench_cuda [--check] [--scan mma|wgmma] [--seed N] [--documents N]\n");
    return 2;
  }
  try {
    const auto found = tenbin::find_cuda_devices();
    if (found.devices.empty() || !found.devices[kDevice].usable()) {
      std::printf("no GPU: %s\n", found.devices.empty() ? found.reason.c_str() : "compute capability below 8.0");
      return kNoGpu;
    }
    const tenbin::CudaDevice& device = found.devices[kDevice];
    std::printf("%s, seed %llu\n", device.name.c_str(), static_cast<unsigned long long>(options->seed));
    const std::vector<CudaScan> scans = scans_of(device, *options);
    bool right = true;
    for (const CudaScan scan : scans) right = check(scan, options->seed) && right;
    if (!right) return 1;
    if (!options->check_only) measure(*options, device, scans);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
