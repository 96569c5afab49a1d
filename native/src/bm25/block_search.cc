#include "bm25/block_search.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace tenbin {

namespace {

constexpr float kSmallestPositive = std::numeric_limits<float>::denorm_min();

/// Asks for the first lines of a posting list while those of other terms are on their way. The address may be outside.
void prefetch([[maybe_unused]] const void* address) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(address);
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(address) + 64));
#endif
}

}  // namespace

void BlockSearch::open_terms(std::span<const std::uint32_t> query, std::size_t first_block) {
  terms_.clear();
  for (const std::uint32_t term : query) {
    const float maximum = index_.maxima[term];
    if (maximum == 0) continue;  // adds nothing: in no document, or its idf is 0
    QueryTerm opened{nullptr, nullptr, index_.postings_begin[term], 0, index_.postings_begin[term + 1], maximum};
    opened.cursor = opened.begin;
    if (term < index_.bitmap_terms()) opened.bitmap = index_.bitmap_of(term);
    if (term < index_.block_terms()) {
      opened.blocks = index_.blocks_of(term).data();
    } else if (first_block > 0) {
      const auto from = index_.documents.begin();
      opened.cursor = static_cast<std::uint64_t>(std::lower_bound(from + static_cast<std::ptrdiff_t>(opened.begin),
                                                                  from + static_cast<std::ptrdiff_t>(opened.end),
                                                                  first_block * kBlockDocuments) -
                                                 from);
    }
    prefetch(index_.documents.data() + opened.cursor);
    prefetch(index_.impacts.data() + opened.cursor);
    terms_.push_back(opened);
  }
  // A float32 sum of n impacts exceeds the true sum by less than this factor, while n is below 2^24.
  const double terms = static_cast<double>(terms_.size());
  bound_slack_ = terms < 0x1p20 ? 1 + (terms + 1) * 0x1p-23 : std::numeric_limits<double>::infinity();
}

bool BlockSearch::can_reach(float threshold, std::size_t block) const noexcept {
  double bound = 0;
  for (const QueryTerm& term : terms_) bound += term.blocks ? term.blocks[block].maximum : term.maximum;
  return bound * bound_slack_ >= threshold;
}

void BlockSearch::add_impacts(std::size_t block, std::size_t padded) {
  const auto base = static_cast<std::uint32_t>(block * kBlockDocuments);
  float* scores = scores_.data();
  std::fill_n(scores, padded, 0.0f);
  const std::uint32_t* documents = index_.documents.data();
  const float* impacts = index_.impacts.data();
  for (QueryTerm& term : terms_) {
    execution_.cancellation.check();  // a query may have any number of terms
    std::uint64_t i = term.cursor;
    if (term.blocks) {
      i = term.begin + (block == 0 ? 0 : term.blocks[block - 1].end);
      if (term.bitmap) {
        execution_.kernels.add_packed(scores, term.bitmap + base / 16, padded, impacts + i);
        continue;
      }
      const std::uint64_t end = term.begin + term.blocks[block].end;
      for (; i < end; ++i) scores[documents[i] - base] += impacts[i];
    } else {
      // Blocks may have been left out since this term's last posting.
      while (i < term.end && documents[i] < base) ++i;
      for (; i < term.end && documents[i] - base < kBlockDocuments; ++i) scores[documents[i] - base] += impacts[i];
      term.cursor = i;
    }
  }
}

void BlockSearch::drop_filtered(std::size_t base, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; i += 8) {
    const std::uint8_t bits = filter_[(base + i) / 8];
    if (bits == 0xff) continue;
    for (std::size_t bit = 0; bit < 8; ++bit) {
      if ((bits >> bit & 1) == 0) scores_[i + bit] = 0;
    }
  }
}

/// A score that at least k documents of the block reach, near the highest such: among the maxima of disjoint groups of
/// documents, one that k of them reach, found by bisection over the bits of a float, which order like positive floats.
float BlockSearch::block_threshold(std::size_t padded) {
  constexpr std::size_t kGroup = 16;
  constexpr int kSteps = 14;  // more would cost more than they spare
  constexpr std::uint32_t kFourOctaves = 4u << 23;
  const std::size_t groups = padded / kGroup;
  if (groups < k_) return kSmallestPositive;
  execution_.kernels.group_maxima(scores_.data(), padded, maxima_.data());
  const auto reached = [&](std::uint32_t bits) {
    return execution_.kernels.count_at_least(maxima_.data(), groups, std::bit_cast<float>(bits)) >= k_;
  };
  std::uint32_t high = std::bit_cast<std::uint32_t>(*std::max_element(maxima_.begin(), maxima_.begin() + groups)) + 1;
  // Nearly always k groups reach a sixteenth of the largest maximum.
  std::uint32_t low = high > kFourOctaves ? high - kFourOctaves : 0;
  if (!reached(low)) low = 0;
  for (int step = 0; step < kSteps; ++step) {
    const std::uint32_t middle = low + (high - low) / 2;
    (reached(middle) ? low : high) = middle;
  }
  return std::max(std::bit_cast<float>(low), kSmallestPositive);
}

const std::vector<Key>& BlockSearch::run(std::span<const std::uint32_t> query, BlockRange range) {
  best_.clear();
  open_terms(query, range.first);
  float threshold = kSmallestPositive;
  for (std::size_t block = range.first; block < range.last && !terms_.empty(); ++block) {
    execution_.cancellation.check();
    threshold = std::max(threshold, best_.floor_score());
    if (!can_reach(threshold, block)) continue;
    const std::size_t base = block * kBlockDocuments;
    const std::size_t count = std::min(kBlockDocuments, index_.size() - base);
    const std::size_t padded = (count + kPadding - 1) / kPadding * kPadding;
    add_impacts(block, padded);
    if (!filter_.empty()) drop_filtered(base, count);
    if (!best_.full()) threshold = std::max(threshold, block_threshold(padded));
    const std::size_t found = execution_.kernels.collect_at_least(scores_.data(), count, threshold,
                                                                  static_cast<std::uint32_t>(base), found_.data());
    for (std::size_t i = 0; i < found; ++i) {
      best_.push(make_key(scores_[found_[i] - base], index_.ties.rank_of(found_[i])));
    }
  }
  return best_.sorted();
}

}  // namespace tenbin
