#include "cuda_ceilings.h"

#include <algorithm>

#include "code_tiles.h"
#include "cuda_machine.h"
#include "simt.h"
#include "simt_warpgroup.h"

namespace tenbin {

namespace {

constexpr unsigned kThreads = 256;
constexpr unsigned kRounds = 4096;
constexpr unsigned kChains = 16;  // products that do not wait for each other
constexpr std::size_t kCopyBytes = std::size_t{1} << 30;
constexpr int kTrials = 5;

SIMT_KERNEL multiply_kernel(float* out) {
  const std::uint32_t a[4] = {simt::thread(), simt::thread(), simt::thread(), simt::thread()};
  float sums[kChains][4] = {};
  for (unsigned round = 0; round < kRounds; ++round) {
    SIMT_UNROLL
    for (unsigned i = 0; i < kChains; ++i) simt::multiply_add(sums[i], a, simt::thread(), i);
  }
  float sum = 0;
  SIMT_UNROLL
  for (unsigned i = 0; i < kChains; ++i) sum += sums[i][0] + sums[i][1] + sums[i][2] + sums[i][3];
  out[simt::block() * kThreads + simt::thread()] = sum;
}

constexpr unsigned kTileProducts = 2048;
constexpr unsigned kTilesSharedBytes = 3 * kTileBytes;  // as the scan: 128 rows by 256

SIMT_KERNEL SIMT_BOUNDS(kThreads, 1) multiply_tiles_kernel(float* out) {
#if SIMT_WARPGROUPS
  unsigned char* const tiles = simt::shared();
  // Not zeros, whose products take less power and so run faster than any others.
  auto* const codes = reinterpret_cast<std::uint16_t*>(tiles);
  for (unsigned i = simt::thread(); i < kTilesSharedBytes / 2; i += kThreads) codes[i] = 0x3f80 | (i * 37 & 0x7f);
  simt::written_for_products();
  simt::barrier();
  const unsigned char* const a = tiles + simt::thread() / 128 * (kTileBytes / 2);
  float sums[128];
  for (unsigned i = 0; i < kTileProducts; ++i) {
    simt::begin_products();
    SIMT_UNROLL
    for (unsigned slice = 0; slice < kTileDimensions / 16; ++slice) {
      simt::multiply_tiles(sums, a + slice * 32, tiles + kTileBytes + slice * 32, i > 0 || slice > 0);
    }
    simt::commit_products();
    simt::wait_for_products<1>();
  }
  simt::finish_products(sums);
  float sum = 0;
  SIMT_UNROLL
  for (unsigned i = 0; i < 128; ++i) sum += sums[i];
  out[simt::block() * kThreads + simt::thread()] = sum;
#endif
}

class Timer {
 public:
  Timer() {
    check_cuda(cudaEventCreate(&start_), "making an event");
    check_cuda(cudaEventCreate(&stop_), "making an event");
  }
  ~Timer() {
    cudaEventDestroy(start_);
    cudaEventDestroy(stop_);
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Seconds of the fastest of some trials, after one that warms up.
  template <typename Work>
  double best(const Work& work) {
    float best = 0;
    for (int trial = 0; trial <= kTrials; ++trial) {
      check_cuda(cudaEventRecord(start_), "recording an event");
      work();
      check_cuda(cudaEventRecord(stop_), "recording an event");
      check_cuda(cudaEventSynchronize(stop_), "waiting for an event");
      float milliseconds = 0;
      check_cuda(cudaEventElapsedTime(&milliseconds, start_, stop_), "timing");
      if (trial == 1 || (trial > 1 && milliseconds < best)) best = milliseconds;
    }
    return static_cast<double>(best) / 1000;
  }

 private:
  cudaEvent_t start_ = nullptr;
  cudaEvent_t stop_ = nullptr;
};

}  // namespace

CudaCeilings measure_cuda_ceilings(std::size_t device, bool with_wgmma) {
  CudaMachine machine(static_cast<int>(device), with_wgmma);
  const unsigned blocks = machine.multiprocessors() * 4;
  const auto out = machine.allocate<float>(std::size_t{blocks} * kThreads);
  const auto from = machine.allocate<unsigned char>(kCopyBytes);
  const auto to = machine.allocate<unsigned char>(kCopyBytes);
  check_cuda(cudaMemset(from.get(), 0, kCopyBytes), "clearing memory");
  Timer timer;
  const double mma = timer.best([&] {
    multiply_kernel<<<blocks, kThreads>>>(out.get());
    check_cuda(cudaGetLastError(), "starting a kernel");
  });
  const double copy = timer.best(
      [&] { check_cuda(cudaMemcpyAsync(to.get(), from.get(), kCopyBytes, cudaMemcpyDeviceToDevice), "copying"); });
  const double mma_products = 2.0 * 16 * 8 * 16 * kChains * kRounds * (kThreads / 32.0) * blocks;
  CudaCeilings ceilings{mma_products / mma / 1e12, 0, 2.0 * static_cast<double>(kCopyBytes) / copy / 1e9};
  if (with_wgmma) {
    check_cuda(cudaFuncSetAttribute(multiply_tiles_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                    static_cast<int>(kTilesSharedBytes)),
               "setting a kernel's shared memory");
    const double wgmma = timer.best([&] {
      multiply_tiles_kernel<<<blocks, kThreads, kTilesSharedBytes>>>(out.get());
      check_cuda(cudaGetLastError(), "starting a kernel");
    });
    ceilings.wgmma_tflops = 2.0 * 128 * 256 * kTileDimensions * kTileProducts * blocks / wgmma / 1e12;
  }
  return ceilings;
}

}  // namespace tenbin
