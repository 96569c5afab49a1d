#pragma once

#include <cstddef>
#include <cstdint>

#include "scan.h"
#include "simt.h"

namespace tenbin {

// Kernels that keep the best of a query's candidates. A block works on one query.

inline constexpr std::uint32_t kSelectionThreads = 256;
inline constexpr std::uint32_t kPruneSharedBytes = 260 * sizeof(std::uint32_t);

/// Whole numbers that compare as the floats do; no NaN.
SIMT_FUNCTION std::uint32_t ordered_bits(float x) {
  const std::uint32_t bits = simt::bits_of(x);
  return (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
}

SIMT_FUNCTION float float_of_ordered(std::uint32_t ordered) {
  return simt::float_of((ordered & 0x80000000u) != 0 ? ordered & 0x7fffffffu : ~ordered);
}

/// The k-th largest of `values`, of which there are at least k: digit by digit of 8 bits, from a histogram of those
/// that agree in the digits before. All threads of the block call. `histogram` is shared, 260 numbers.
SIMT_FUNCTION float kth_largest(const float* values, std::uint32_t count, std::uint32_t k, std::uint32_t* histogram) {
  std::uint32_t* const chosen = histogram + 256;
  std::uint32_t prefix = 0;
  for (std::uint32_t shift = 24;; shift -= 8) {
    for (std::uint32_t i = simt::thread(); i < 256; i += kSelectionThreads) histogram[i] = 0;
    simt::barrier();
    for (std::uint32_t i = simt::thread(); i < count; i += kSelectionThreads) {
      const std::uint32_t bits = ordered_bits(values[i]);
      // All agree before the first digit, and a shift by 32 is not defined.
      if (shift == 24 || bits >> (shift + 8) == prefix) simt::atomic_add(&histogram[bits >> shift & 255], 1);
    }
    simt::barrier();
    if (simt::thread() == 0) {
      std::uint32_t digit = 255;
      std::uint32_t left = k;
      while (histogram[digit] < left) left -= histogram[digit--];
      chosen[0] = prefix << 8 | digit;
      chosen[1] = left;
    }
    simt::barrier();
    prefix = chosen[0];
    k = chosen[1];
    if (shift == 0) return float_of_ordered(prefix);
  }
}

struct PruneArguments {
  Candidates candidates;
  float* thresholds;       // [queries], NaN for queries to leave alone
  std::uint32_t* reached;  // [queries], receives the counts before
  std::uint32_t* kept;     // [queries], the counts before the slice; receives those after
  std::uint32_t k;
};

/// Raises a query's threshold to the k-th largest lower bound and drops the candidates whose upper bound does not reach
/// it. A slice that found no room for some has raised it, and is dropped as a whole.
SIMT_KERNEL SIMT_BOUNDS(kSelectionThreads, 1) prune_kernel(PruneArguments arguments) {
  const Candidates& c = arguments.candidates;
  auto* const histogram = reinterpret_cast<std::uint32_t*>(simt::shared());
  std::uint32_t* const written = histogram + 258;
  const std::uint32_t query = simt::block();
  const std::uint32_t reached = c.counts[query];
  float threshold = arguments.thresholds[query];
  if (simt::thread() == 0) arguments.reached[query] = reached;
  if (threshold != threshold) return;

  const std::size_t row = static_cast<std::size_t>(query) * c.capacity;
  const bool overflowed = reached > c.capacity;
  const std::uint32_t stored = overflowed ? c.capacity : reached;
  if (stored >= arguments.k) {
    const float kth = kth_largest(c.lower + row, stored, arguments.k, histogram);
    threshold = kth > threshold ? kth : threshold;
  }
  const std::uint32_t lasting = overflowed ? arguments.kept[query] : stored;
  if (simt::thread() == 0) *written = 0;
  for (std::uint32_t start = 0; start < lasting; start += kSelectionThreads) {
    const std::uint32_t i = start + simt::thread();
    const bool exists = i < lasting;
    const float upper = exists ? c.upper[row + i] : 0;
    const float lower = exists ? c.lower[row + i] : 0;
    const std::uint32_t document = exists ? c.documents[row + i] : 0;
    // What is written lies before what is read next, but not before what others of this round read.
    simt::barrier();
    if (exists && upper >= threshold) {
      const std::uint32_t to = simt::atomic_add(written, 1);
      c.upper[row + to] = upper;
      c.lower[row + to] = lower;
      c.documents[row + to] = document;
    }
  }
  simt::barrier();
  if (simt::thread() != 0) return;
  arguments.thresholds[query] = threshold;
  arguments.kept[query] = *written;
  c.counts[query] = *written;
}

struct RankArguments {
  const std::uint64_t* keys;    // [queries, capacity]
  const std::uint32_t* counts;  // [queries]
  const std::uint64_t* before;  // [queries, k], best first, zeros behind them
  std::uint64_t* best;          // [queries, k], zeros
  std::uint32_t capacity;
  std::uint32_t k;
};

/// Puts each key of a query where as many are larger, if that is below k. Keys are all different.
SIMT_KERNEL SIMT_BOUNDS(kSelectionThreads, 1) rank_kernel(RankArguments arguments) {
  const RankArguments& r = arguments;
  const std::uint32_t query = simt::block();
  const std::uint32_t count = r.counts[query];
  const std::uint64_t* const keys = r.keys + static_cast<std::size_t>(query) * r.capacity;
  const std::uint64_t* const before = r.before + static_cast<std::size_t>(query) * r.k;
  for (std::uint32_t i = simt::thread(); i < count + r.k; i += kSelectionThreads) {
    const std::uint64_t key = i < count ? keys[i] : before[i - count];
    if (key == 0) continue;
    std::uint32_t larger = 0;
    for (std::uint32_t j = 0; j < count; ++j) larger += keys[j] > key ? 1 : 0;
    for (std::uint32_t j = 0; j < r.k && before[j] > key; ++j) ++larger;
    if (larger < r.k) r.best[static_cast<std::size_t>(query) * r.k + larger] = key;
  }
}

}  // namespace tenbin
