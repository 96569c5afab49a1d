#pragma once

// What Hopper (compute capability 9.0) has beyond simt.h: copies of whole runs of bytes that a barrier in shared memory
// counts, and products of a warpgroup, four warps, whose operands are tiles (code_tiles.h) in shared memory.
// SIMT_WARPGROUPS tells whether the code at hand is for it; of what nvcc compiles for other GPUs, it is not.

#if defined(__CUDACC__)

#include <cstdint>

#include "simt.h"

namespace tenbin::simt {

/// A barrier in shared memory that is passed when the bytes it expects have arrived, again and again: by phases.
using Arrival = std::uint64_t;

}  // namespace tenbin::simt

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define SIMT_WARPGROUPS 1

namespace tenbin::simt {

SIMT_FUNCTION std::uint32_t shared_address(const void* shared) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
}

/// One thread makes them; the others may use them behind a barrier.
SIMT_FUNCTION void make_arrivals(Arrival* arrivals, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(shared_address(arrivals + i)) : "memory");
  }
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

/// Says how many bytes the phase waits for; before their copies start.
SIMT_FUNCTION void expect_bytes(Arrival* arrival, std::uint32_t bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(arrival)), "r"(bytes)
               : "memory");
}

/// Starts a copy of a multiple of 16 bytes, aligned to as many.
SIMT_FUNCTION void copy_bulk(void* to_shared, const void* from_global, std::uint32_t bytes, Arrival* arrival) {
  asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(
                   shared_address(to_shared)),
               "l"(__cvta_generic_to_global(from_global)), "r"(bytes), "r"(shared_address(arrival))
               : "memory");
}

SIMT_FUNCTION bool has_arrived(Arrival* arrival, std::uint32_t parity) {
  std::uint32_t passed;
  asm volatile(
      "{\n"
      ".reg .pred p;\n"
      "mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2;\n"
      "selp.u32 %0, 1, 0, p;\n"
      "}"
      : "=r"(passed)
      : "r"(shared_address(arrival)), "r"(parity)
      : "memory");
  return passed != 0;
}

/// Waits for the end of a phase: `parity` is 0 for the first, 1 for the second, 0 for the third ...
SIMT_FUNCTION void wait_for_arrival(Arrival* arrival, std::uint32_t parity) {
  while (!has_arrived(arrival, parity)) {
  }
}

/// Makes what this thread wrote to shared memory known to products; before the barrier that they wait at.
SIMT_FUNCTION void written_for_products() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

/// Before the products of a group: registers of sums, and what was written to them, are from here on the tensor core's.
SIMT_FUNCTION void begin_products() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

/// What describes a tile's rows to wgmma: the address; groups of 8 rows 1,024 bytes apart; the 128-byte swizzle.
SIMT_FUNCTION std::uint64_t tile_descriptor(const void* tile) {
  return static_cast<std::uint64_t>((shared_address(tile) & 0x3ffffu) >> 4) | std::uint64_t{1} << 16 |
         std::uint64_t{1024 >> 4} << 32 | std::uint64_t{1} << 62;
}

/// Starts sums = a b (or sums += a b) for 64 rows a and 256 rows b, over 16 dimensions: those that lie at `a` and `b`
/// in row 0 of tiles. Warp w of the four has rows 16 w to 16 w + 15; with g = lane / 4 and t = lane mod 4, sums[4 j]
/// and the next are row g, sums[4 j + 2] and the next row g + 8, of columns 8 j + 2 t and the next. All of the
/// warpgroup call.
SIMT_FUNCTION void multiply_tiles(float (&sums)[128], const void* a, const void* b, bool add) {
#define SIMT_SUMS8(i)                                                                                           \
  "+f"(sums[i]), "+f"(sums[i + 1]), "+f"(sums[i + 2]), "+f"(sums[i + 3]), "+f"(sums[i + 4]), "+f"(sums[i + 5]), \
      "+f"(sums[i + 6]), "+f"(sums[i + 7])
#define SIMT_SUMS32(i) SIMT_SUMS8(i), SIMT_SUMS8(i + 8), SIMT_SUMS8(i + 16), SIMT_SUMS8(i + 24)
  asm volatile(
      "{\n"
      ".reg .pred p;\n"
      "setp.ne.b32 p, %130, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 "
      "{%0, %1, %2, %3, %4, %5, %6, %7, "
      "%8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, "
      "%24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, "
      "%40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, "
      "%56, %57, %58, %59, %60, %61, %62, %63, "
      "%64, %65, %66, %67, %68, %69, %70, %71, "
      "%72, %73, %74, %75, %76, %77, %78, %79, "
      "%80, %81, %82, %83, %84, %85, %86, %87, "
      "%88, %89, %90, %91, %92, %93, %94, %95, "
      "%96, %97, %98, %99, %100, %101, %102, %103, "
      "%104, %105, %106, %107, %108, %109, %110, %111, "
      "%112, %113, %114, %115, %116, %117, %118, %119, "
      "%120, %121, %122, %123, %124, %125, %126, %127}, "
      "%128, %129, p, 1, 1, 0, 0;\n"
      "}"
      : SIMT_SUMS32(0), SIMT_SUMS32(32), SIMT_SUMS32(64), SIMT_SUMS32(96)
      : "l"(tile_descriptor(a)), "l"(tile_descriptor(b)), "r"(static_cast<std::uint32_t>(add)));
}

/// Makes a group of the products that were started since the last.
SIMT_FUNCTION void commit_products() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

/// Waits until at most kGroups groups, the newest, have not ended. Sums are not to be touched while one is left.
template <int kGroups>
SIMT_FUNCTION void wait_for_products() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kGroups) : "memory");
}

/// Waits until all groups have ended; `sums` are named so that no use of them moves before the wait.
SIMT_FUNCTION void finish_products(float (&sums)[128]) {
  asm volatile("wgmma.wait_group.sync.aligned 0;"
               : SIMT_SUMS32(0), SIMT_SUMS32(32), SIMT_SUMS32(64), SIMT_SUMS32(96)
               :
               : "memory");
}
#undef SIMT_SUMS32
#undef SIMT_SUMS8

}  // namespace tenbin::simt

#else
#define SIMT_WARPGROUPS 0
#endif

#else
#define SIMT_WARPGROUPS 1
#include "simt_emulation.h"
#endif
