#pragma once

// What kernels are written in: threads of a block, warps, and the few instructions that C++ has no words for. For a GPU
// these are PTX; elsewhere simt_emulation.h, which the tests have, runs a block's threads on the CPU.

#if defined(__CUDACC__)

#include <cstddef>
#include <cstdint>

#define SIMT_KERNEL static __global__ void
#define SIMT_FUNCTION static __device__ __forceinline__
#define SIMT_HOST_DEVICE_FUNCTION static __host__ __device__ __forceinline__
/// Threads of a block, and blocks that shall fit a multiprocessor's registers.
#define SIMT_BOUNDS(threads, blocks) __launch_bounds__(threads, blocks)
#define SIMT_UNROLL _Pragma("unroll")

namespace tenbin::simt {

SIMT_FUNCTION std::uint32_t thread() { return threadIdx.x; }
SIMT_FUNCTION std::uint32_t block() { return blockIdx.x; }
SIMT_FUNCTION std::uint32_t blocks() { return gridDim.x; }
SIMT_FUNCTION std::uint32_t threads() { return blockDim.x; }

/// The block's shared memory, as large as its launch asked for, aligned to 1,024 bytes.
SIMT_FUNCTION unsigned char* shared() {
  extern __shared__ __align__(1024) unsigned char memory[];
  return memory;
}

SIMT_FUNCTION void barrier() { __syncthreads(); }

/// Returns what was there.
SIMT_FUNCTION std::uint32_t atomic_add(std::uint32_t* at, std::uint32_t value) { return atomicAdd(at, value); }

/// The value of the lane `delta` further on among 16 (of the own lane where there is none). All lanes of the warp call.
SIMT_FUNCTION double shuffle_down16(double value, unsigned delta) { return __shfl_down_sync(~0u, value, delta, 16); }
/// The value of the first lane of 16.
SIMT_FUNCTION double shuffle_first16(double value) { return __shfl_sync(~0u, value, 0, 16); }

/// Starts the copy of 16 bytes, aligned to as many.
SIMT_FUNCTION void copy16_async(void* to_shared, const void* from_global) {
  const auto to = static_cast<std::uint32_t>(__cvta_generic_to_shared(to_shared));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(from_global) : "memory");
}
/// Makes a group of the thread's copies that were started since the last.
SIMT_FUNCTION void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }
/// Waits until at most kGroups of the thread's groups, the newest, have not ended.
template <int kGroups>
SIMT_FUNCTION void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(kGroups) : "memory");
}

/// Four 8 x 8 matrices of 16-bit numbers: lane 8 i + r points to row r of matrix i (16 bytes); parts[i] receives of
/// matrix i the numbers 2 (lane mod 4) and the next of row lane / 4. All lanes of the warp call.
SIMT_FUNCTION void load_matrices(const void* shared_row, std::uint32_t (&parts)[4]) {
  const auto row = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared_row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(parts[0]), "=r"(parts[1]), "=r"(parts[2]), "=r"(parts[3])
               : "r"(row)
               : "memory");
}

/// sums += a b, of bfloat16 numbers, in the layout of PTX's mma.m16n8k16. With g = lane / 4 and t = lane mod 4: a[0..3]
/// are rows g and g + 8 of columns 2t, 2t + 1, then of those + 8; b0 and b1 are rows 2t, 2t + 1 and those + 8 of
/// column g; sums[0..1] are row g, sums[2..3] row g + 8, of columns 2t, 2t + 1. All lanes of the warp call.
SIMT_FUNCTION void multiply_add(float (&sums)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

SIMT_FUNCTION std::uint32_t bits_of(float x) { return __float_as_uint(x); }
SIMT_FUNCTION float float_of(std::uint32_t bits) { return __uint_as_float(bits); }
SIMT_FUNCTION float infinity() { return __uint_as_float(0x7f800000u); }
/// To nearest, as IEEE 754 has them; never fused.
SIMT_FUNCTION double add(double a, double b) { return __dadd_rn(a, b); }
SIMT_FUNCTION double multiply(double a, double b) { return __dmul_rn(a, b); }
SIMT_FUNCTION double divide(double a, double b) { return __ddiv_rn(a, b); }
SIMT_FUNCTION double root(double x) { return __dsqrt_rn(x); }
SIMT_FUNCTION float to_float(double x) { return __double2float_rn(x); }

}  // namespace tenbin::simt

#else
#include "simt_emulation.h"
#endif
