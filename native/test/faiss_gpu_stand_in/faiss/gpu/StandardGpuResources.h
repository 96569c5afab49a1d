#pragma once

#include <stdexcept>

#include "cuda_runtime.h"

namespace faiss::gpu {

class GpuResourcesProvider {
 public:
  virtual ~GpuResourcesProvider() = default;
};

class StandardGpuResources : public GpuResourcesProvider {
 public:
  StandardGpuResources() {
    if (stand_in::gpus < 1) throw std::logic_error("Faiss would have ended the process");
  }
};

}  // namespace faiss::gpu
