#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenbin/corpus_tokens.h"
#include "tenbin/top_k.h"

namespace tenbin {

struct OverlapOptions {
  /// A shared run counts from so many words, or so many characters of a script without spaces; in mixed text each
  /// contributes its share.
  std::uint32_t run_words = 13;
  std::uint32_t run_characters = 50;
  /// The least similarity of near duplicates, in (0, 1]: the Jaccard similarity of their sets of words and of such
  /// characters.
  double similarity = 0.6;
};

enum class OverlapKind : std::uint8_t {
  /// The same words, in the same order.
  kExact,
  /// Exact, and very short: fewer than four words or eight characters.
  kShort,
  /// Near duplicates.
  kNear,
  /// A long run of words of the text, or all of it, stands in the row.
  kContained,
};

/// How a block of bytes holds rows.
enum class RowLayout : std::uint8_t {
  /// A row is a text; `offsets` says where each ends.
  kTexts,
  /// A line is a text.
  kLines,
  /// A line is a JSON value; each string in it that is not a key is a text. Blank lines hold none.
  kJsonLines,
};

struct RowBlock {
  RowLayout layout;
  std::string_view bytes;
  std::span<const std::uint32_t> offsets;  // for kTexts
  /// Names of the fields of a JSON row that are read; all when empty.
  std::span<const std::string> fields;
};

/// A row that holds a text of the index or a part of it.
struct OverlapMatch {
  std::uint32_t row;
  std::uint32_t row_begin, row_end;  // bytes of the block
  std::uint32_t text;
  OverlapKind kind;
  /// kExact and kShort: 1; kNear: the Jaccard similarity of the words; kContained: the part of the text in the longest
  /// shared run.
  float similarity;
  /// Where in a JSON row, as `messages[0].content`.
  std::string field;
  /// The beginning of what is shared, at most 160 bytes.
  std::string excerpt;
};

struct OverlapMatches {
  static constexpr std::uint32_t kNone = 0xffffffffu;

  std::uint32_t rows = 0;
  /// By row, then in the order of strings in it, then by text.
  std::vector<OverlapMatch> matches;
  /// The first row that is not JSON, or kNone, and its bytes.
  std::uint32_t bad_row = kNone;
  std::uint32_t bad_begin = 0, bad_end = 0;
};

/// Texts to be found again in other texts: the same words whatever their case and punctuation, long runs of them, and
/// near duplicates. Texts are compared as sequences of units (src/overlap/units.h).
///
/// Memory: four bytes for each word, another four to find it by, and about a kilobyte for each text.
class OverlapIndex {
 public:
  /// Throws InputError for options out of range.
  explicit OverlapIndex(const OverlapOptions& options);
  ~OverlapIndex();
  OverlapIndex(OverlapIndex&&) noexcept;
  OverlapIndex& operator=(OverlapIndex&&) noexcept;

  /// Appends texts, before finish(). One call at a time; nothing is added when it is cancelled.
  void add(const TextRows& texts, const Execution& execution);
  /// Ends adding.
  void finish(const Execution& execution);

  /// What of the index stands in the rows; after finish(), from any number of threads. At most one match for a string
  /// and a text, of the first kind that holds in the order of OverlapKind. Where more than 64 texts begin a run alike
  /// or agree in a band of their sketches, the first 64 are found, and of a run that one begins alike in several places
  /// the first four.
  OverlapMatches match(const RowBlock& block, const Execution& execution) const;

  /// Texts that were added.
  std::size_t size() const noexcept;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace tenbin
