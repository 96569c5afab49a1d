#pragma once

#include <cstddef>

namespace tenbin {

/// What a GPU can do, measured now.
struct CudaCeilings {
  /// 10^12 multiplications and additions of bfloat16 a second, by mma.sync on registers alone.
  double mma_tflops;
  /// The same by wgmma on tiles in shared memory; 0 where there is none.
  double wgmma_tflops;
  /// 10^9 bytes a second that a copy within its memory reads and writes.
  double copy_gbs;
};

CudaCeilings measure_cuda_ceilings(std::size_t device, bool with_wgmma);

}  // namespace tenbin
