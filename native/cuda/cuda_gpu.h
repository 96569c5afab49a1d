#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gpu.h"

namespace tenbin {

struct CudaDevice {
  std::string name;
  std::size_t memory_bytes;
  /// Compute capability.
  int major;
  int minor;

  /// The kernels need 8.0: bfloat16 on tensor cores, asynchronous copies.
  bool usable() const noexcept { return major >= 8; }
};

struct CudaDevices {
  std::vector<CudaDevice> devices;
  /// Why there are none, when there are none; one line.
  std::string reason;
};

/// What the driver lists, in its order.
CudaDevices find_cuda_devices();

/// Throws InputError when there is no such device, or it is not usable; std::runtime_error when it fails.
std::unique_ptr<Gpu> open_cuda_gpu(std::size_t device);

}  // namespace tenbin
