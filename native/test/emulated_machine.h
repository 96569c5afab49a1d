#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "cuda/kernel_gpu.h"
#include "simt_emulation.h"

/// What KernelGpu runs on in tests: memory of exactly the size asked for, which begins as NaN, and emulated kernels.
class EmulatedMachine {
 public:
  enum Stream { kSearch, kUpload };

  template <typename T>
  using Array = std::unique_ptr<T[]>;

  EmulatedMachine(std::size_t bytes, std::uint64_t seed, bool with_warpgroups)
      : bytes_(bytes),
        seed_(seed),
        warpgroups_(with_warpgroups),
        multiprocessors_(1 + static_cast<std::uint32_t>(seed % 3)) {}

  bool has_warpgroups() const { return warpgroups_; }
  /// So few that blocks take several turns.
  std::uint32_t multiprocessors() const { return multiprocessors_; }
  std::size_t free_bytes() const { return bytes_; }

  template <typename T>
  Array<T> allocate(std::size_t count) {
    Array<T> array(new T[count]);
    std::memset(array.get(), 0xff, count * sizeof(T));
    return array;
  }

  template <typename T>
  void upload(Stream, T* to, const T* from, std::size_t count) {
    std::memcpy(to, from, count * sizeof(T));
  }

  template <typename T>
  void download(Stream, T* to, const T* from, std::size_t count) {
    std::memcpy(to, from, count * sizeof(T));
  }

  template <typename T>
  void fill_zero(Stream, T* memory, std::size_t count) {
    std::memset(memory, 0, count * sizeof(T));
  }

  template <typename Arguments>
  void launch(Stream, void (*kernel)(Arguments), unsigned blocks, unsigned threads, std::size_t shared_bytes,
              Arguments arguments) {
    if (blocks == 0) throw std::runtime_error("a launch of no blocks");
    tenbin::simt::run([=] { kernel(arguments); }, blocks, threads, shared_bytes, ++seed_);
  }

  void wait(Stream) {}

 private:
  std::size_t bytes_;
  std::atomic<std::uint64_t> seed_;  // uploads run beside searches
  bool warpgroups_;
  std::uint32_t multiprocessors_;
};

using EmulatedGpu = tenbin::KernelGpu<EmulatedMachine>;
