#include "bm25/bm25_check.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
#include <string>

#include "tenbin/errors.h"

namespace tenbin {

namespace {

/// Float32 sums of 2^32 impacts below it, as many as a query may have, stay finite.
constexpr float kImpactLimit = 0x1p95f;

constexpr std::size_t kStretch = std::size_t{1} << 18;  // postings that a thread checks between two looks at others
constexpr std::size_t kTermsTogether = 4096;

std::uint32_t bits_of(float value) noexcept { return std::bit_cast<std::uint32_t>(value); }

/// Calls `body(first, last)` for stretches of [0, count).
void for_each_stretch(std::size_t count, std::size_t length, const Execution& execution,
                      const std::function<void(std::size_t, std::size_t)>& body) {
  execution.pool.parallel_for((count + length - 1) / length, [&](std::size_t i) {
    execution.cancellation.check();
    body(i * length, std::min(count, (i + 1) * length));
  });
}

void require(bool holds, const char* what) {
  if (!holds) throw InputError(what);
}

void require(bool holds, const char* what, std::size_t term) {
  if (!holds) throw InputError(std::string(what) + " of term " + std::to_string(term));
}

/// Whether the offsets climb from 0 to `end`.
bool lead_to(std::span<const std::uint64_t> offsets, std::uint64_t end) {
  return offsets.front() == 0 && offsets.back() == end && std::is_sorted(offsets.begin(), offsets.end());
}

// The loops below take no early exit, so that compilers make vector code of them.

bool ascend_below(std::span<const std::uint32_t> documents, std::size_t limit) noexcept {
  bool ascend = true;
  for (std::size_t i = 1; i < documents.size(); ++i) ascend &= documents[i - 1] < documents[i];
  return documents.empty() || (ascend && documents.back() < limit);
}

/// The largest impact's bits, which order floats that are not negative; those of negative ones and NaN are larger
/// still.
std::uint32_t largest_bits(std::span<const float> impacts) noexcept {
  std::uint32_t largest = 0;
  for (const float impact : impacts) largest = std::max(largest, bits_of(impact));
  return largest;
}

std::size_t count_bits(std::span<const std::uint16_t> words) noexcept {
  std::size_t count = 0;
  for (const std::uint16_t word : words) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

class PostingsCheck {
 public:
  explicit PostingsCheck(const Bm25Arrays& arrays) : arrays_(arrays) {}

  void check_term(std::size_t term) const {
    const std::uint64_t begin = arrays_.postings_begin[term];
    const std::size_t count = arrays_.postings_begin[term + 1] - begin;
    const auto documents = arrays_.documents.subspan(begin, count);
    const auto impacts = arrays_.impacts.subspan(begin, count);
    require(ascend_below(documents, arrays_.size()), "documents", term);
    const std::uint32_t largest =
        term < arrays_.block_terms() ? check_blocks(term, documents, impacts) : check_impacts(term, impacts);
    require(bits_of(arrays_.maxima[term]) == largest, "maxima: that", term);
    if (term < arrays_.bitmap_terms()) check_bitmap(term, documents);
  }

 private:
  /// Returns the bits of the largest.
  std::uint32_t check_impacts(std::size_t term, std::span<const float> impacts) const {
    const std::uint32_t largest = largest_bits(impacts);
    require(largest < bits_of(kImpactLimit), "impacts", term);
    return largest;
  }

  /// Returns the bits of the term's largest impact.
  std::uint32_t check_blocks(std::size_t term, std::span<const std::uint32_t> documents,
                             std::span<const float> impacts) const {
    const auto table = arrays_.blocks_of(static_cast<std::uint32_t>(term));
    std::uint32_t largest = 0;
    std::size_t begin = 0;
    for (std::size_t block = 0; block < table.size(); ++block) {
      const std::size_t end = table[block].end;
      require(begin <= end && end <= documents.size(), "blocks", term);
      require(begin == end ||
                  (documents[begin] / kBlockDocuments == block && documents[end - 1] / kBlockDocuments == block),
              "blocks", term);
      const std::uint32_t maximum = check_impacts(term, impacts.subspan(begin, end - begin));
      require(bits_of(table[block].maximum) == maximum, "blocks: maxima", term);
      largest = std::max(largest, maximum);
      begin = end;
    }
    require(begin == documents.size(), "blocks", term);
    return largest;
  }

  /// Documents are known to be distinct, so a bit for each and no more are the right ones.
  void check_bitmap(std::size_t term, std::span<const std::uint32_t> documents) const {
    const std::span bitmap(arrays_.bitmap_of(static_cast<std::uint32_t>(term)), arrays_.bitmap_words());
    std::size_t set = 0;
    for (const std::uint32_t document : documents) set += bitmap[document / 16] >> document % 16 & 1;
    require(set == documents.size() && count_bits(bitmap) == set, "bitmap", term);
  }

  const Bm25Arrays& arrays_;
};

/// Terms whose postings begin in a stretch of postings go together, so that stretches cost the same.
void check_postings(const Bm25Arrays& arrays, const Execution& execution) {
  const PostingsCheck check(arrays);
  const auto begins = arrays.postings_begin.first(arrays.terms());
  // One more than the postings: terms without any may begin behind the last.
  for_each_stretch(arrays.documents.size() + 1, kStretch, execution, [&](std::size_t first, std::size_t last) {
    auto begin = std::lower_bound(begins.begin(), begins.end(), first);
    for (; begin != begins.end() && *begin < last; ++begin) {
      check.check_term(static_cast<std::size_t>(begin - begins.begin()));
    }
  });
}

/// Frequencies are at least 1, and those of 255 have their number among the long ones, which are no others.
void check_frequencies(const Bm25Arrays& arrays, const Execution& execution) {
  constexpr const char* kWhat = "frequencies";
  const auto& all_long = arrays.long_frequencies;
  for (std::size_t i = 0; i < all_long.size(); ++i) {
    require(all_long[i].frequency >= 255 && (i == 0 || all_long[i - 1].posting < all_long[i].posting), kWhat);
  }
  require(all_long.empty() || all_long.back().posting < arrays.frequencies.size(), kWhat);
  for_each_stretch(arrays.frequencies.size(), kStretch, execution, [&](std::size_t first, std::size_t last) {
    const auto frequencies = arrays.frequencies.subspan(first, last - first);
    require(std::find(frequencies.begin(), frequencies.end(), 0) == frequencies.end(), kWhat);
    auto next = std::lower_bound(all_long.begin(), all_long.end(), first,
                                 [](const LongFrequency& x, std::uint64_t posting) { return x.posting < posting; });
    std::ptrdiff_t marked = 0;
    for (; next != all_long.end() && next->posting < last; ++next, ++marked) {
      require(arrays.frequencies[next->posting] == 255, kWhat);
    }
    require(std::count(frequencies.begin(), frequencies.end(), 255) == marked, kWhat);
  });
}

void check_vocabulary(const Vocabulary& vocabulary, const Execution& execution) {
  const std::size_t terms = vocabulary.size();
  const auto slots = vocabulary.slots;
  require(lead_to(vocabulary.begins, vocabulary.bytes.size()), "vocabulary");
  // One slot is no table: its hashes would be shifted by all their bits.
  require(slots.size() > std::max<std::size_t>(terms, 1) && std::has_single_bit(slots.size()), "vocabulary: slots");
  require(*std::max_element(slots.begin(), slots.end()) <= terms, "vocabulary: slots");
  // With each term found at its number this leaves no slot filled twice, and one empty, where searches end.
  require(static_cast<std::size_t>(std::count(slots.begin(), slots.end(), 0u)) == slots.size() - terms,
          "vocabulary: slots");
  for_each_stretch(terms, kTermsTogether, execution, [&](std::size_t first, std::size_t last) {
    for (std::size_t term = first; term < last; ++term) {
      require(vocabulary.find(vocabulary.term(term)) == term, "vocabulary: slots", term);
    }
  });
}

}  // namespace

void check_arrays(const Bm25Arrays& arrays, const Execution& execution) {
  require(std::accumulate(arrays.lengths.begin(), arrays.lengths.end(), std::uint64_t{0}) == arrays.tokens, "lengths");
  check_vocabulary(arrays.vocabulary, execution);
  require(lead_to(arrays.postings_begin, arrays.documents.size()), "postings");
  check_postings(arrays, execution);
  check_frequencies(arrays, execution);
}

}  // namespace tenbin
