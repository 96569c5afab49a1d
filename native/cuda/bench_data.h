#pragma once

#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "cuda_gpu.h"
#include "gpu_index.h"
#include "tenbin/isa.h"

// What bench_cuda checks and measures with.

namespace bench {

inline constexpr std::size_t kDevice = 0;

inline const tenbin::Execution& execution() {
  static tenbin::ThreadPool pool(tenbin::available_threads());
  static const tenbin::Cancellation never;
  static const tenbin::Execution instance{pool, tenbin::kernels_for(tenbin::usable_isas().back()), never};
  return instance;
}

struct Data {
  std::vector<float> values;
  tenbin::Matrix matrix;

  Data(std::size_t count, std::size_t dimension) : values(count * dimension), matrix{values, count, dimension} {}
  // The view looks into the vector, whose memory moves along with it.
  Data(Data&&) = default;
};

struct Found {
  Found(std::size_t queries, std::size_t top)
      : k(top), indices(queries * top), scores(queries * top), counts(queries) {}
  tenbin::TopK view() { return {k, indices, scores, counts}; }

  std::size_t k;
  std::vector<std::uint32_t> indices;
  std::vector<float> scores;
  std::vector<std::uint32_t> counts;
};

inline std::vector<std::uint32_t> in_order(std::size_t count) {
  std::vector<std::uint32_t> ranks(count);
  std::iota(ranks.begin(), ranks.end(), 0u);
  return ranks;
}

inline tenbin::GpuIndex index_of(const Data& documents, tenbin::Metric metric, const tenbin::ShardOptions& options,
                                 tenbin::CudaScan scan) {
  std::vector<std::unique_ptr<tenbin::Gpu>> gpus;
  gpus.push_back(tenbin::open_cuda_gpu(kDevice, scan));
  return tenbin::GpuIndex::create(documents.matrix, metric, in_order(documents.matrix.count), std::move(gpus), options,
                                  execution());
}

/// Whether a search of random documents, of a random kind and size, is what the definition says; prints what was
/// searched when not.
bool check_one(std::mt19937_64& random, tenbin::CudaScan scan);

}  // namespace bench
