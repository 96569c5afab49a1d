#include "cuda_gpu.h"

#include "cuda_machine.h"
#include "kernel_gpu.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

std::string why(cudaError_t status) {
  const std::string words = std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")";
  // Also where there is no driver at all.
  if (status == cudaErrorInsufficientDriver) return "no NVIDIA driver, or one too old: " + words;
  if (status == cudaErrorNoDevice) return "no NVIDIA GPU: " + words;
  return words;
}

}  // namespace

CudaDevices find_cuda_devices() {
  CudaDevices found;
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    cudaGetLastError();
    found.reason = why(status);
    return found;
  }
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp properties{};
    check_cuda(cudaGetDeviceProperties(&properties, i), "asking for device " + std::to_string(i));
    found.devices.push_back({properties.name, properties.totalGlobalMem, properties.major, properties.minor});
  }
  if (count == 0) found.reason = "no NVIDIA GPU";
  return found;
}

std::unique_ptr<Gpu> open_cuda_gpu(std::size_t device, CudaScan scan) {
  const CudaDevices found = find_cuda_devices();
  if (found.devices.empty()) throw InputError("cuda: " + found.reason);
  if (device >= found.devices.size()) {
    throw InputError("cuda: there is no device " + std::to_string(device) + ", only " +
                     std::to_string(found.devices.size()));
  }
  const CudaDevice& chosen = found.devices[device];
  if (!chosen.usable()) {
    throw InputError("cuda: device " + std::to_string(device) + " (" + chosen.name + ") has compute capability " +
                     std::to_string(chosen.major) + "." + std::to_string(chosen.minor) + ", 8.0 or newer is needed");
  }
  const bool by_wgmma = scan == CudaScan::kWgmma;
  if (by_wgmma && !chosen.has_wgmma()) {
    throw InputError("cuda: device " + std::to_string(device) + " (" + chosen.name + ") has no wgmma");
  }
  return std::make_unique<KernelGpu<CudaMachine>>(static_cast<int>(device), by_wgmma);
}

}  // namespace tenbin
