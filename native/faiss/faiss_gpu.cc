#include "faiss_gpu.h"

#if defined(TENBIN_FAISS_GPU)
#include <cuda_runtime.h>
#include <faiss/gpu/GpuCloner.h>
#include <faiss/gpu/StandardGpuResources.h>

#include <exception>
#include <numeric>
#include <utility>
#include <vector>
#endif

namespace tenbin {

#if defined(TENBIN_FAISS_GPU)

namespace {

using Resources = std::vector<std::unique_ptr<faiss::gpu::StandardGpuResources>>;

class Copy : public FaissGpuCopy {
 public:
  Copy(Resources resources, std::unique_ptr<faiss::Index> index)
      : resources_(std::move(resources)), index_(std::move(index)) {}

  const faiss::Index& index() const noexcept override { return *index_; }
  int gpus() const noexcept override { return static_cast<int>(resources_.size()); }

 private:
  Resources resources_;  // outlive the index
  std::unique_ptr<faiss::Index> index_;
};

/// Faiss's own count ends the process where the driver is missing.
int gpu_count() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
}

}  // namespace

std::unique_ptr<FaissGpuCopy> copy_to_gpus(const faiss::Index& index) {
  std::vector<int> devices(static_cast<std::size_t>(gpu_count()));
  if (devices.empty()) return nullptr;
  std::iota(devices.begin(), devices.end(), 0);
  try {
    Resources resources;
    std::vector<faiss::gpu::GpuResourcesProvider*> providers;
    for (std::size_t i = 0; i < devices.size(); ++i) {
      resources.push_back(std::make_unique<faiss::gpu::StandardGpuResources>());
      providers.push_back(resources.back().get());
    }
    faiss::gpu::GpuMultipleClonerOptions options;
    options.shard = true;
    std::unique_ptr<faiss::Index> copy(faiss::gpu::index_cpu_to_gpu_multiple(providers, devices, &index, &options));
    return std::make_unique<Copy>(std::move(resources), std::move(copy));
  } catch (const std::exception&) {
    return nullptr;
  }
}

#else

std::unique_ptr<FaissGpuCopy> copy_to_gpus(const faiss::Index&) { return nullptr; }

#endif

}  // namespace tenbin
