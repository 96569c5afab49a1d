#pragma once

#include <cuda_runtime.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace tenbin {

/// Throws std::runtime_error in CUDA's words unless `status` is success.
inline void check_cuda(cudaError_t status, const std::string& doing) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // else the next call that succeeds would report it again
  throw std::runtime_error("CUDA: " + doing + ": " + cudaGetErrorString(status) + " (" + cudaGetErrorName(status) +
                           ")");
}

/// One GPU's memory, streams and launches, by the CUDA runtime. See KernelGpu.
class CudaMachine {
 public:
  enum Stream { kSearch, kUpload };

  template <typename T>
  struct Free {
    void operator()(T* memory) const noexcept { cudaFree(memory); }
  };
  template <typename T>
  using Array = std::unique_ptr<T, Free<T>>;

  CudaMachine(int device, bool with_warpgroups) : device_(device), warpgroups_(with_warpgroups) {
    use();
    check_cuda(cudaDeviceGetAttribute(&multiprocessors_, cudaDevAttrMultiProcessorCount, device),
               "asking for multiprocessors");
    for (OwnedStream& stream : streams_) {
      cudaStream_t made = nullptr;
      check_cuda(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking), "making a stream");
      stream.reset(made);
    }
  }

  /// Whether the scan may use what simt_warpgroup.h has.
  bool has_warpgroups() const noexcept { return warpgroups_; }
  std::uint32_t multiprocessors() const noexcept { return static_cast<std::uint32_t>(multiprocessors_); }

  std::size_t free_bytes() const {
    use();
    std::size_t free = 0;
    std::size_t total = 0;
    check_cuda(cudaMemGetInfo(&free, &total), "asking for free memory");
    return free;
  }

  template <typename T>
  Array<T> allocate(std::size_t count) {
    use();
    void* memory = nullptr;
    const std::size_t bytes = count * sizeof(T);
    check_cuda(cudaMalloc(&memory, bytes),
               "allocating " + std::to_string(bytes) + " bytes on device " + std::to_string(device_));
    return Array<T>(static_cast<T*>(memory));
  }

  template <typename T>
  void upload(Stream stream, T* to, const T* from, std::size_t count) {
    copy(stream, to, from, count * sizeof(T), cudaMemcpyHostToDevice);
  }

  template <typename T>
  void download(Stream stream, T* to, const T* from, std::size_t count) {
    copy(stream, to, from, count * sizeof(T), cudaMemcpyDeviceToHost);
  }

  template <typename T>
  void fill_zero(Stream stream, T* memory, std::size_t count) {
    use();
    check_cuda(cudaMemsetAsync(memory, 0, count * sizeof(T), streams_[stream].get()), "clearing memory");
  }

  template <typename Arguments>
  void launch(Stream stream, void (*kernel)(Arguments), unsigned blocks, unsigned threads, std::size_t shared_bytes,
              Arguments arguments) {
    use();
    const auto* function = reinterpret_cast<const void*>(kernel);
    // More than 48 KB a block must be asked for.
    check_cuda(
        cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared_bytes)),
        "setting a kernel's shared memory");
    void* values[] = {&arguments};
    check_cuda(cudaLaunchKernel(function, dim3(blocks), dim3(threads), values, shared_bytes, streams_[stream].get()),
               "starting a kernel");
  }

  void wait(Stream stream) {
    use();
    check_cuda(cudaStreamSynchronize(streams_[stream].get()), "running on device " + std::to_string(device_));
  }

 private:
  struct DestroyStream {
    void operator()(cudaStream_t stream) const noexcept { cudaStreamDestroy(stream); }
  };
  using OwnedStream = std::unique_ptr<std::remove_pointer_t<cudaStream_t>, DestroyStream>;

  /// The runtime's device belongs to the calling thread.
  void use() const { check_cuda(cudaSetDevice(device_), "choosing device " + std::to_string(device_)); }

  void copy(Stream stream, void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
    use();
    check_cuda(cudaMemcpyAsync(to, from, bytes, kind, streams_[stream].get()), "copying");
  }

  int device_;
  bool warpgroups_;
  int multiprocessors_ = 0;
  std::array<OwnedStream, 2> streams_;
};

}  // namespace tenbin
