#pragma once

#include <faiss/IndexFlat.h>
#include <faiss/impl/FaissException.h>

#include <stdexcept>
#include <vector>

#include "faiss/gpu/StandardGpuResources.h"

namespace faiss::gpu {

struct GpuMultipleClonerOptions {
  bool shard = false;
};

/// A flat index that counts its searches and knows a GPU's largest k.
class StandInIndex : public IndexFlat {
 public:
  explicit StandInIndex(const IndexFlat& index) : IndexFlat(index) {}

  void search(idx_t n, const float* x, idx_t k, float* distances, idx_t* labels,
              const SearchParameters* parameters = nullptr) const override {
    if (k > 2048) throw FaissException("GPU: k is too large");
    ++stand_in::searches;
    IndexFlat::search(n, x, k, distances, labels, parameters);
  }
};

inline Index* index_cpu_to_gpu_multiple(std::vector<GpuResourcesProvider*>& providers, std::vector<int>& devices,
                                        const Index* index, const GpuMultipleClonerOptions* options) {
  if (providers.size() != devices.size() || !options->shard) throw std::logic_error("each GPU is to hold a part");
  const auto* flat = dynamic_cast<const IndexFlat*>(index);
  if (flat == nullptr) throw FaissException("This index type is not implemented on GPU.");
  return new StandInIndex(*flat);
}

}  // namespace faiss::gpu
