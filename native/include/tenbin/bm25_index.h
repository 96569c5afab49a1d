#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenbin/corpus_tokens.h"
#include "tenbin/subset.h"
#include "tenbin/top_k.h"

namespace tenbin {

/// How idf and term frequency are weighed; see bm25_formula.h.
enum class Bm25Method : std::uint32_t { kRobertson, kLucene, kAtire, kBm25L, kBm25Plus };

struct Bm25Parameters {
  Bm25Method method = Bm25Method::kRobertson;
  double k1 = 1.5;
  double b = 0.75;
  /// Of kBm25L and kBm25Plus.
  double delta = 0.5;
  /// Document lengths are rounded as Lucene stores them, in one byte.
  bool quantize_lengths = false;

  /// Throws InputError unless 0 < k1 <= 10^6, 0 <= b <= 1, 0 <= delta <= 10^6.
  void check() const;
};

/// Why a document has its score for a query: one part for each query token, in their order.
struct Bm25Explanation {
  struct Part {
    std::uint32_t term;
    std::uint64_t document_frequency;
    double idf;               // as rounded to float32
    std::uint32_t frequency;  // of the term in the document
    double tf_part;
    float contribution;  // float32(idf * tf_part)
  };
  std::vector<Part> parts;
  std::uint32_t document_length = 0;
  /// What the formula takes for it: the same, or rounded to Lucene's byte.
  double weighed_length = 0;
  float score = 0;
};

struct Bm25Arrays;

/// An inverted index whose postings hold finished impacts, so that a query is a sum of posting lists.
///
/// An impact is idf, rounded to float32, times the part of the term frequency in float64, rounded to float32 once
/// (bm25s's rule, which HAKARI uses); a query adds its tokens in float32, in order, repeats included. Documents without
/// tokens count in N and in the mean length.
class Bm25Index {
 public:
  static constexpr std::uint32_t kUnknownTerm = 0xffffffffu;

  /// @param corpus finished; emptied by the build, to save memory.
  /// @param tie_ranks see TieOrder; one rank a document.
  /// Throws InputError for ranks or parameters that do not hold together.
  static Bm25Index build(CorpusTokens corpus, std::span<const std::uint32_t> tie_ranks,
                         const Bm25Parameters& parameters, const Execution& execution);

  /// Writes the index, and `attachment` (the caller's own), as one file that open() maps. The file is there only when
  /// whole. Throws InputError, naming the path, when it cannot be written; Cancelled.
  void save(const std::string& path, std::string_view attachment, const Cancellation& cancellation) const;
  /// Maps a file of save(). Throws InputError, naming the path, for what is not such a file, is truncated or damaged.
  static Bm25Index open(const std::string& path, const Execution& execution);
  /// What was saved beside the index; empty for a built one.
  std::string_view attachment() const noexcept;

  ~Bm25Index();
  Bm25Index(Bm25Index&&) noexcept;
  Bm25Index& operator=(Bm25Index&&) noexcept;

  /// Top k by score, then tie rank; counts[q] = min(k, documents allowed). Documents without a query term score 0 and
  /// fill the list in tie order. Throws InputError for an id outside the vocabulary, candidates out of range or
  /// repeated, or an `out` of the wrong size; Cancelled when cancelled.
  void search(const IdRows& queries, const Subset& subset, const TopK& out, const Execution& execution) const;
  /// The same ranking by scoring every document, without bounds or blocks: the oracle of search().
  void search_exhaustively(const IdRows& queries, const TopK& out, const Execution& execution) const;

  /// Throws InputError for a term or document out of range.
  Bm25Explanation explain(std::span<const std::uint32_t> query, std::uint32_t document) const;

  /// The term's number, below terms(), or kUnknownTerm.
  std::uint32_t find_term(std::string_view term) const noexcept;

  std::size_t size() const noexcept;
  std::size_t terms() const noexcept;
  std::size_t postings() const noexcept;
  /// Of all documents, repeats included.
  std::uint64_t tokens() const noexcept;
  const Bm25Parameters& parameters() const noexcept;
  /// Bytes of memory that the index owns: those of a built one, while an opened one is a mapped file.
  std::size_t size_bytes() const noexcept;

 private:
  explicit Bm25Index(std::unique_ptr<const Bm25Arrays> arrays);

  std::unique_ptr<const Bm25Arrays> arrays_;
};

}  // namespace tenbin
