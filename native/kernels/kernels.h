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
/// `out` has room for count + kCollectPadding, of which the last may be overwritten. Returns how many were written.
inline constexpr std::size_t kCollectPadding = 16;
using CollectAtLeast = std::size_t (*)(const float* scores, std::size_t count, float threshold, std::uint32_t base,
                                       std::uint32_t* out);

/// sums[i] += the next of `values` for each i whose bit is set, bit i % 16 of present[i / 16]. `count` is a multiple of
/// 16.
using AddPacked = void (*)(float* sums, const std::uint16_t* present, std::size_t count, const float* values);

/// How many of `values` reach the threshold; `count` is a multiple of 16, no value is NaN.
using CountAtLeast = std::size_t (*)(const float* values, std::size_t count, float threshold);

/// maxima[g] = the largest score of group g; groups are disjoint, of 16 scores each. `count` is a multiple of 256.
using GroupMaxima = void (*)(const float* scores, std::size_t count, float* maxima);

struct Kernels {
  DotTile dot_tile;
  DotExact dot_exact;
  CollectAtLeast collect_at_least;
  AddPacked add_packed;
  CountAtLeast count_at_least;
  GroupMaxima group_maxima;
};

#define TENBIN_DECLARE_KERNELS(isa)                                                                            \
  void dot_tile_##isa(const float*, std::size_t, const float*, std::size_t, std::size_t, const float*, float*, \
                      std::size_t);                                                                            \
  double dot_exact_##isa(const float*, const float*, std::size_t);                                             \
  std::size_t collect_at_least_##isa(const float*, std::size_t, float, std::uint32_t, std::uint32_t*);         \
  void add_packed_##isa(float*, const std::uint16_t*, std::size_t, const float*);                              \
  std::size_t count_at_least_##isa(const float*, std::size_t, float);                                          \
  void group_maxima_##isa(const float*, std::size_t, float*);

TENBIN_DECLARE_KERNELS(baseline)
TENBIN_DECLARE_KERNELS(avx2)
TENBIN_DECLARE_KERNELS(avx512)
TENBIN_DECLARE_KERNELS(neon)

#undef TENBIN_DECLARE_KERNELS

}  // namespace tenbin
