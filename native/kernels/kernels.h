#pragma once

#include <cstddef>
#include <cstdint>

// The operations that exist once per instruction set. `<operation>.inc.h` is the source, `lanes_<isa>.h` the registers
// it is written in, `<operation>_<isa>.cc` the pair. Those units are compiled with flags that other code must not see:
// all that they define has internal linkage but for the one entry point, and they instantiate no std template.

namespace tenbin {

/// tile[q * tile_stride + d] ~ scale[d] * dot(queries[q], documents[d]): float32, in an order that depends on the
/// instruction set, with |error| <= gamma(dimension + 1) * |scale[d]| * |query| * |document| barring over- and
/// underflow.
using DotTile = void (*)(const float* queries, std::size_t query_count, const float* documents,
                         std::size_t document_count, std::size_t dimension, const float* scale, float* tile,
                         std::size_t tile_stride);

/// The dot product that scores are made of, the same bits on every instruction set: products of float32 in float64,
/// where they are exact, summed in 16 lanes and then by a fixed tree.
using DotExact = double (*)(const float* a, const float* b, std::size_t dimension);

/// Writes `base + i` for each i with not (scores[i] < threshold), ascending; a NaN counts as reaching it.
/// `out` has room for `count`. Returns how many were written.
using CollectAtLeast = std::size_t (*)(const float* scores, std::size_t count, float threshold, std::uint32_t base,
                                       std::uint32_t* out);

struct Kernels {
  DotTile dot_tile;
  DotExact dot_exact;
  CollectAtLeast collect_at_least;
};

#define TENBIN_DECLARE_KERNELS(isa)                                                                            \
  void dot_tile_##isa(const float*, std::size_t, const float*, std::size_t, std::size_t, const float*, float*, \
                      std::size_t);                                                                            \
  double dot_exact_##isa(const float*, const float*, std::size_t);                                             \
  std::size_t collect_at_least_##isa(const float*, std::size_t, float, std::uint32_t, std::uint32_t*);

TENBIN_DECLARE_KERNELS(baseline)
TENBIN_DECLARE_KERNELS(avx2)
TENBIN_DECLARE_KERNELS(avx512)
TENBIN_DECLARE_KERNELS(neon)

#undef TENBIN_DECLARE_KERNELS

}  // namespace tenbin
