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
  bool has_wgmma() const noexcept { return major == 9 && minor == 0; }
};

/// The kernels that scan: by mma.sync on any usable GPU, by wgmma on compute capability 9.0.
enum class CudaScan { kMma, kWgmma };

struct CudaDevices {
  std::vector<CudaDevice> devices;
  /// Why there are none, when there are none; one line.
  std::string reason;
};

/// What the driver lists, in its order.
CudaDevices find_cuda_devices();

/// Throws InputError when there is no such device, or it is not usable or lacks what scans; std::runtime_error when it
/// fails.
std::unique_ptr<Gpu> open_cuda_gpu(std::size_t device, CudaScan scan);

}  // namespace tenbin
