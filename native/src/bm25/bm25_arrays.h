#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "bm25/vocabulary.h"
#include "tenbin/bm25_index.h"
#include "tenbin/top_k.h"

namespace tenbin {

/// Documents whose scores are worked on together: 64 KB of float32. Smaller blocks fit into the first cache but read
/// each posting list in more pieces, which costs more.
inline constexpr std::size_t kBlockDocuments = 16384;
/// Blocks and bitmaps are padded with documents of score 0 to a multiple of this, so that kernels need not look at the
/// end.
inline constexpr std::size_t kPadding = 256;

/// The postings of one term that fall into one block of documents.
struct Bm25Block {
  std::uint32_t end;  // behind the last of them, counted from the term's first posting
  float maximum;      // the largest impact among them; 0 when there are none
};

/// A frequency that does not fit into a byte.
struct LongFrequency {
  std::uint64_t posting;
  std::uint32_t frequency;
  std::uint32_t unused;  // so that no byte of a file is undefined
};

/// All that an index is, as arrays over memory that `memory` owns: that of the build or a mapped file.
///
/// Terms are numbered by falling document frequency, so the frequent ones, which have tables and bitmaps, come first.
struct Bm25Arrays {
  Bm25Parameters parameters;
  std::uint64_t tokens = 0;

  Vocabulary vocabulary;
  TieOrder ties;
  std::span<const std::uint32_t> lengths;           // [documents], in tokens
  std::span<const std::uint64_t> postings_begin;    // [terms + 1]
  std::span<const std::uint32_t> documents;         // [postings], ascending within a term
  std::span<const float> impacts;                   // [postings], not negative
  std::span<const std::uint8_t> frequencies;        // [postings], 255 for more than 254
  std::span<const LongFrequency> long_frequencies;  // by posting; those of more than 254
  std::span<const float> maxima;                    // [terms], the largest impact
  std::span<const Bm25Block> blocks;                // [block_terms, blocks of documents], of the first terms
  std::span<const std::uint16_t> bitmaps;           // [bitmap_terms, padded documents / 16], of the first terms

  std::string_view attachment;
  std::shared_ptr<const void> memory;
  std::size_t owned_bytes = 0;  // of it, and of the tie order; none of a mapped file

  std::size_t size() const noexcept { return lengths.size(); }
  std::size_t terms() const noexcept { return maxima.size(); }
  double average_length() const noexcept {
    return size() == 0 ? 0 : static_cast<double>(tokens) / static_cast<double>(size());
  }
  std::size_t block_count() const noexcept { return (size() + kBlockDocuments - 1) / kBlockDocuments; }
  /// Words of 16 documents.
  std::size_t bitmap_words() const noexcept { return (size() + kPadding - 1) / kPadding * (kPadding / 16); }
  std::size_t block_terms() const noexcept { return size() == 0 ? 0 : blocks.size() / block_count(); }
  std::size_t bitmap_terms() const noexcept { return size() == 0 ? 0 : bitmaps.size() / bitmap_words(); }

  std::size_t document_frequency(std::uint32_t term) const noexcept {
    return postings_begin[term + 1] - postings_begin[term];
  }
  std::span<const Bm25Block> blocks_of(std::uint32_t term) const noexcept {
    return blocks.subspan(term * block_count(), block_count());
  }
  /// Bit d % 16 of word d / 16 is set where document d holds the term.
  const std::uint16_t* bitmap_of(std::uint32_t term) const noexcept { return bitmaps.data() + term * bitmap_words(); }
  /// Position of the document's posting, or the term's end when it has none.
  std::uint64_t find_posting(std::uint32_t term, std::uint32_t document) const noexcept;
  std::uint32_t frequency(std::uint64_t posting) const noexcept;
};

}  // namespace tenbin
