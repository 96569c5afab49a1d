#pragma once

#include <cstddef>
#include <cstdint>

// The operations that exist once per instruction set. `<operation>.inc.h` is the source, `lanes_<isa>.h` the registers
// it is written in, `<operation>_<isa>.cc` the pair. Those units are compiled with flags that other code must not see:
// all that they define has internal linkage but for the one entry point, and they instantiate no std template.

namespace tenbin {

/// tile[q * tile_stride + d] ~ scale[d] * dot(query q, documents[d]), for the queries of `panel_count` panels, of 16
/// queries each, [dimension][16]. In float32, in an order that depends on the instruction set: the error is at most
/// gamma(dimension + 1) * |scale[d]| * |query| * |document| barring over- and underflow.
inline constexpr std::size_t kQueriesPerPanel = 16;
using DotTile = void (*)(const float* panels, std::size_t panel_count, const float* documents,
                         std::size_t document_count, std::size_t dimension, const float* scale, float* tile,
                         std::size_t tile_stride);

/// dots[i] ~ dot(row, rows[listed[i]]), to the bound of DotTile without a scale.
using DotListed = void (*)(const float* row, const float* rows, std::size_t dimension, const std::uint32_t* listed,
                           std::size_t count, float* dots);

/// As above, but each the dot product that scores are made of, the same bits on every instruction set: products of
/// float32 in float64, where they are exact, summed in 16 lanes and then by a fixed tree.
using DotExact = void (*)(const float* row, const float* rows, std::size_t dimension, const std::uint32_t* listed,
                          std::size_t count, double* dots);

/// DotExact of a row with itself.
using SquaredNorm = double (*)(const float* row, std::size_t dimension);

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

/// sums[q * stride + d] = sum over i of queries[q][i] * (codes of d)[i], for the documents d of `panel_count` panels. A
/// panel is 16 documents, [padded / 4][16][4] bytes of code + 128; queries are [query_count][padded]; offsets[q] = -128
/// * (sum of the query's codes). `padded` is a multiple of 4. Exact for any codes, unless
/// Kernels::adds_pairs_in_16_bits: then queries[q][2 i] + queries[q][2 i + 1] must be within kPairLimit.
inline constexpr std::size_t kDocumentsPerPanel = 16;
inline constexpr int kPairLimit = 128;  // times 255, the largest byte, it fits 16 bits
using DotCodes = void (*)(const std::int8_t* queries, std::size_t query_count, const std::uint8_t* panels,
                          std::size_t panel_count, std::size_t padded, const std::int32_t* offsets, std::int32_t* sums,
                          std::size_t stride);

/// `residual` and `norm` are the sums of squares of y - scale * code and of y, each with a relative error below 2^-10
/// for up to 2^16 dimensions.
struct CodedRow {
  float scale;
  float residual;
  float norm;
};

/// Codes of y = row * factor + minus_mean: codes[i] - 128 is y[i] / scale, rounded and in [-127, 127]. The scale is the
/// smallest with which that can be, and at least `least_scale`. `scratch` has room for `dimension` + 16.
using CodeRow = CodedRow (*)(const float* row, float factor, const float* minus_mean, std::size_t dimension,
                             float least_scale, float* scratch, std::uint8_t* codes);

/// Sums of code products of a query and `count` documents, a multiple of 16, and what the documents' bounds are made
/// of.
struct CodedSums {
  const std::int32_t* sums;
  const float* scales;
  const float* residuals;
  const float* norms;
  std::size_t count;
};

/// The query's part of the bounds.
struct CodeBounds {
  float scale;
  float by_residual;
  float by_norm;
  float floor_share;
};

/// Arrays with room for all documents and kCollectPadding more, which may be overwritten.
struct Collected {
  std::uint32_t* documents;
  float* uppers;
  float* floors;
};

/// A document's scanned score is sums[i] * (scales[i] * scale), its bound residuals[i] * by_residual + norms[i] *
/// by_norm. For each whose upper, the scanned score plus the bound in float32, is not below the threshold, ascending:
/// base + i, its upper, and its floor, the scanned score less floor_share of the bound. Returns how many.
using CollectBounded = std::size_t (*)(const CodedSums& block, const CodeBounds& query, float threshold,
                                       std::uint32_t base, const Collected& out);

/// tile[q * tile_stride + d] = minus the number of bits in which query q and document d differ, for d < 8 x
/// panel_count. Queries are [query_count][words], documents [panel_count][words][8], so that a register holds a word of
/// several; a row has less than 2^31 bits.
using Hamming = void (*)(const std::uint64_t* queries, std::size_t query_count, const std::uint64_t* documents,
                         std::size_t panel_count, std::size_t words, float* tile, std::size_t tile_stride);

struct Kernels {
  DotTile dot_tile;
  DotListed dot_listed;
  DotExact dot_exact;
  SquaredNorm squared_norm;
  CollectAtLeast collect_at_least;
  AddPacked add_packed;
  CountAtLeast count_at_least;
  GroupMaxima group_maxima;
  Hamming hamming;
  CodeRow code_row;
  CollectBounded collect_bounded;
  DotCodes dot_codes;
  bool adds_pairs_in_16_bits;
  /// Whether the products of codes take less time than those of float32.
  bool multiplies_codes_faster;
};

#define TENBIN_DECLARE_DOT_CODES(isa)                                                                  \
  void dot_codes_##isa(const std::int8_t*, std::size_t, const std::uint8_t*, std::size_t, std::size_t, \
                       const std::int32_t*, std::int32_t*, std::size_t);

#define TENBIN_DECLARE_KERNELS(isa)                                                                               \
  void dot_tile_##isa(const float*, std::size_t, const float*, std::size_t, std::size_t, const float*, float*,    \
                      std::size_t);                                                                               \
  void dot_listed_##isa(const float*, const float*, std::size_t, const std::uint32_t*, std::size_t, float*);      \
  void dot_exact_##isa(const float*, const float*, std::size_t, const std::uint32_t*, std::size_t, double*);      \
  double squared_norm_##isa(const float*, std::size_t);                                                           \
  std::size_t collect_at_least_##isa(const float*, std::size_t, float, std::uint32_t, std::uint32_t*);            \
  void add_packed_##isa(float*, const std::uint16_t*, std::size_t, const float*);                                 \
  std::size_t count_at_least_##isa(const float*, std::size_t, float);                                             \
  void group_maxima_##isa(const float*, std::size_t, float*);                                                     \
  void hamming_##isa(const std::uint64_t*, std::size_t, const std::uint64_t*, std::size_t, std::size_t, float*,   \
                     std::size_t);                                                                                \
  CodedRow code_row_##isa(const float*, float, const float*, std::size_t, float, float*, std::uint8_t*);          \
  std::size_t collect_bounded_##isa(const CodedSums&, const CodeBounds&, float, std::uint32_t, const Collected&); \
  TENBIN_DECLARE_DOT_CODES(isa)

TENBIN_DECLARE_KERNELS(baseline)
TENBIN_DECLARE_KERNELS(avx2)
TENBIN_DECLARE_KERNELS(avx512)
TENBIN_DECLARE_KERNELS(neon)
TENBIN_DECLARE_DOT_CODES(avxvnni)
TENBIN_DECLARE_DOT_CODES(avx512vnni)
TENBIN_DECLARE_DOT_CODES(neondot)

#undef TENBIN_DECLARE_KERNELS
#undef TENBIN_DECLARE_DOT_CODES

}  // namespace tenbin
