#pragma once

#include <cstddef>
#include <cstdint>

#include "code_bounds.h"
#include "code_tiles.h"
#include "simt.h"

namespace tenbin {

// Kernels that read embeddings: coding documents, and the exact score. 16 lanes work on one document.

inline constexpr std::uint32_t kRowThreads = 256;
inline constexpr std::uint32_t kRowsPerBlock = kRowThreads / 16;

/// The core's dot_exact: component i goes to lane i mod 16; products of float32 are exact in float64; a fixed tree adds
/// the lanes. Zeros that pad the last step there change no sum. The first of the 16 lanes has the result.
SIMT_FUNCTION double dot_exact16(const float* a, const float* b, std::uint32_t dimension) {
  double sum = 0;
  for (std::uint32_t i = simt::thread() % 16; i < dimension; i += 16) {
    sum = simt::add(sum, simt::multiply(static_cast<double>(a[i]), static_cast<double>(b[i])));
  }
  for (unsigned half = 8; half > 0; half /= 2) sum = simt::add(sum, simt::shuffle_down16(sum, half));
  return sum;
}

/// The sum over 16 lanes, in all of them.
SIMT_FUNCTION double sum16(double value) {
  for (unsigned half = 8; half > 0; half /= 2) value = simt::add(value, simt::shuffle_down16(value, half));
  return simt::shuffle_first16(value);
}

struct EncodeArguments {
  const float* rows;        // [first + count, dimension]
  const float* minus_mean;  // [dimension]
  std::uint16_t* codes;     // in tiles, of first + count rows
  double* exact_norms;      // [first + count] each from here on
  float* residuals;
  float* norms;
  std::uint32_t first;  // of the rows to code
  std::uint32_t count;
  std::uint32_t dimension;
  std::uint32_t tiles;  // of a row
  bool cosine;
};

/// Codes documents, with their exact norms and the lengths of y and of what the code misses (code_bounds.h), both
/// rounded up. A document outside the range where the bounds hold gets a code of zeros and an infinite residual.
SIMT_KERNEL SIMT_BOUNDS(kRowThreads, 1) encode_kernel(EncodeArguments arguments) {
  const EncodeArguments& e = arguments;
  const std::uint32_t wanted = simt::block() * kRowsPerBlock + simt::thread() / 16;
  // All lanes of a warp take part in its shuffles.
  const std::uint32_t document = e.first + (wanted < e.count ? wanted : e.count - 1);
  const std::uint32_t lane = simt::thread() % 16;
  const float* const row = e.rows + static_cast<std::size_t>(document) * e.dimension;

  const double exact_norm = simt::shuffle_first16(simt::root(dot_exact16(row, row, e.dimension)));
  const bool zero = exact_norm == 0;
  const bool in_range = exact_norm >= kSmallestNorm && exact_norm <= kLargestNorm;
  const double factor = !in_range ? 0 : e.cosine ? simt::divide(1, exact_norm) : 1;
  double residual = 0;
  double length = 0;
  double code_length = 0;
  for (std::uint32_t i = lane; i < e.tiles * kTileDimensions; i += 16) {
    std::uint32_t code = 0;
    if (i < e.dimension && (in_range || zero)) {
      // In float64: its roundings are far below the slack. The residual is that of the code as it is.
      const double y = static_cast<double>(row[i]) * factor + static_cast<double>(e.minus_mean[i]);
      const float rounded = simt::to_float(y);
      if (rounded >= kSmallestCode || rounded <= -kSmallestCode) {
        const std::uint32_t bits = simt::bits_of(rounded);
        code = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;  // to nearest, ties to even
      }
      const auto kept = static_cast<double>(simt::float_of(code << 16));
      residual += (y - kept) * (y - kept);
      length += y * y;
      code_length += kept * kept;
    }
    if (wanted < e.count) {
      e.codes[piece_of_code(document, i / 8, e.tiles) + i % 8] = static_cast<std::uint16_t>(code);
    }
  }
  residual = sum16(residual);
  length = sum16(length);
  code_length = sum16(code_length);
  if (lane != 0 || wanted >= e.count) return;
  const bool bounded = in_range || zero;
  e.exact_norms[document] = exact_norm;
  e.residuals[document] = bounded ? simt::to_float(simt::root(residual) * (1 + kSlack)) : simt::infinity();
  e.norms[document] = simt::to_float(simt::root(length > code_length ? length : code_length) * (1 + kSlack));
}

struct RescoreArguments {
  const float* queries;            // [queries, dimension]
  const double* query_norms;       // [queries]
  const float* rows;               // [documents, dimension]
  const double* exact_norms;       // [documents]
  const std::uint32_t* ranks;      // [documents]
  const std::uint32_t* documents;  // [queries, capacity]: candidates
  const std::uint32_t* counts;     // [queries]
  std::uint64_t* keys;             // [queries, capacity]
  std::uint32_t capacity;
  std::uint32_t dimension;
  std::uint32_t blocks_per_query;
  bool cosine;
};

/// Scores candidates exactly, to keys as the core's make_key has them.
SIMT_KERNEL SIMT_BOUNDS(kRowThreads, 1) rescore_kernel(RescoreArguments arguments) {
  const RescoreArguments& r = arguments;
  const std::uint32_t query = simt::block() / r.blocks_per_query;
  const std::uint32_t count = r.counts[query];
  const std::uint32_t first = simt::block() % r.blocks_per_query * kRowsPerBlock;
  if (first >= count) return;
  const std::uint32_t wanted = first + simt::thread() / 16;
  const std::size_t row = static_cast<std::size_t>(query) * r.capacity;
  const std::uint32_t document = r.documents[row + (wanted < count ? wanted : count - 1)];
  double score = dot_exact16(r.queries + static_cast<std::size_t>(query) * r.dimension,
                             r.rows + static_cast<std::size_t>(document) * r.dimension, r.dimension);
  if (simt::thread() % 16 != 0 || wanted >= count) return;
  if (r.cosine) {
    const double norms = simt::multiply(r.query_norms[query], r.exact_norms[document]);
    score = norms > 0 ? simt::divide(score, norms) : 0;
  }
  // -0 becomes +0: they are one score.
  const std::uint32_t bits = simt::bits_of(simt::to_float(score) + 0.0f);
  const std::uint32_t ordered = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
  r.keys[row + wanted] = static_cast<std::uint64_t>(ordered) << 32 | static_cast<std::uint32_t>(~r.ranks[document]);
}

}  // namespace tenbin
