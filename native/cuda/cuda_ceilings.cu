#include "cuda_ceilings.h"

#include <algorithm>

#include "cuda_machine.h"
#include "simt.h"

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

CudaCeilings measure_cuda_ceilings(std::size_t device) {
  CudaMachine machine(static_cast<int>(device));
  int processors = 0;
  check_cuda(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, static_cast<int>(device)),
             "asking for multiprocessors");
  const unsigned blocks = static_cast<unsigned>(processors) * 4;
  const auto out = machine.allocate<float>(std::size_t{blocks} * kThreads);
  const auto from = machine.allocate<unsigned char>(kCopyBytes);
  const auto to = machine.allocate<unsigned char>(kCopyBytes);
  check_cuda(cudaMemset(from.get(), 0, kCopyBytes), "clearing memory");
  Timer timer;
  const double matrix = timer.best([&] {
    multiply_kernel<<<blocks, kThreads>>>(out.get());
    check_cuda(cudaGetLastError(), "starting a kernel");
  });
  const double copy = timer.best(
      [&] { check_cuda(cudaMemcpyAsync(to.get(), from.get(), kCopyBytes, cudaMemcpyDeviceToDevice), "copying"); });
  const double products = 2.0 * 16 * 8 * 16 * kChains * kRounds * (kThreads / 32.0) * blocks;
  return {products / matrix / 1e12, 2.0 * static_cast<double>(kCopyBytes) / copy / 1e9};
}

}  // namespace tenbin
