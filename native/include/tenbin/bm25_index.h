#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tenbin/top_k.h"

namespace tenbin {

/// Lists of token ids in compressed sparse rows: row i is ids[offsets[i] .. offsets[i + 1]). Offsets may begin and end
/// anywhere in `ids`, so a stretch of rows is a view too.
struct TokenRows {
  std::span<const std::uint32_t> offsets;
  std::span<const std::uint32_t> ids;

  std::size_t size() const noexcept { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::span<const std::uint32_t> row(std::size_t i) const noexcept {
    return ids.subspan(offsets[i], offsets[i + 1] - offsets[i]);
  }
};

struct Bm25Parameters {
  double k1 = 1.5;
  double b = 0.75;
};

/// An inverted index whose postings hold finished impacts, so that a query is a sum of posting lists.
///
/// Scoring is bm25s's "robertson", HAKARI's `okapi`: a term's idf is ln(max(1, (N - df + 0.5) / (df + 0.5))) rounded to
/// float32, its part in a document tf / (k1 (1 - b + b dl / avgdl) + tf) in float64, their product rounded to float32
/// once; a query adds its terms in float32, in order, repeats included. Documents without tokens count in N and avgdl.
class Bm25Index {
 public:
  /// @param documents one row a document, token ids below `vocabulary_size`.
  /// @param tie_ranks see TieOrder; one rank a document.
  /// Throws InputError for rows, ids, ranks or parameters that do not hold together (k1 > 0, 0 <= b <= 1).
  static Bm25Index build(const TokenRows& documents, std::uint32_t vocabulary_size,
                         std::span<const std::uint32_t> tie_ranks, const Bm25Parameters& parameters,
                         const Execution& execution);

  /// Top k by score, then tie rank. Documents without a query term score 0 and fill the list in tie order.
  /// Throws InputError for an id outside the vocabulary or an `out` of the wrong size, Cancelled when cancelled.
  void search(const TokenRows& queries, const TopK& out, const Execution& execution) const;

  std::size_t size() const noexcept { return ties_.size(); }
  std::uint32_t vocabulary_size() const noexcept { return static_cast<std::uint32_t>(postings_begin_.size() - 1); }
  std::size_t postings() const noexcept { return documents_.size(); }
  double average_document_length() const noexcept { return average_document_length_; }

 private:
  Bm25Index() = default;

  /// scores[d] += impact, for each posting of each token in turn.
  void add_impacts(std::span<const std::uint32_t> query, float* scores) const noexcept;
  void search_one(std::span<const std::uint32_t> query, std::size_t row, const TopK& out, struct Bm25Scratch& scratch,
                  const Kernels& kernels) const;

  TieOrder ties_;
  double average_document_length_ = 0;
  std::vector<std::uint64_t> postings_begin_;  // [vocabulary + 1]
  std::vector<std::uint32_t> documents_;       // [postings], ascending within a term
  std::vector<float> impacts_;                 // [postings]
};

}  // namespace tenbin
