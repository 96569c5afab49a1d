#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "tenbin/split_rule.h"
#include "tenbin/token_filter.h"
#include "tenbin/top_k.h"

namespace tenbin {

/// Texts one behind the other: text i is bytes[offsets[i] .. offsets[i + 1]), UTF-8.
struct TextRows {
  /// Stands behind each token of a text that comes cut into tokens; no UTF-8 holds this byte.
  static constexpr char kTokenEnd = '\xff';

  std::string_view bytes;
  std::span<const std::uint32_t> offsets;
  /// [texts], not 0 where the text is tokens with kTokenEnd behind each; empty when none is.
  std::span<const std::uint8_t> cut;

  std::size_t size() const noexcept { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::string_view row(std::size_t i) const noexcept { return bytes.substr(offsets[i], offsets[i + 1] - offsets[i]); }
  bool is_cut(std::size_t i) const noexcept { return !cut.empty() && cut[i] != 0; }
  /// Throws InputError, naming `what`, unless offsets ascend within bytes and `cut` fits.
  void check(const char* what) const;
};

/// What became of the tokens of some texts: counts of each term in each document. Documents are added in batches; when
/// the last is in, terms are made of the distinct tokens, and the rest of the analysis works on terms alone.
///
/// Memory: five bytes for each pair of a document and a token in it, and each stretch of about a megabyte of text holds
/// its distinct tokens until finish().
class CorpusTokens {
 public:
  static constexpr std::uint32_t kDropped = 0xffffffffu;

  CorpusTokens(SplitRule rule, const TokenFilter& filter);
  ~CorpusTokens();
  CorpusTokens(CorpusTokens&&) noexcept;
  CorpusTokens& operator=(CorpusTokens&&) noexcept;

  /// Appends documents. One call at a time. Throws InputError for rows that do not hold together; nothing is added
  /// then, nor when cancelled.
  void add(const TextRows& texts, const Execution& execution);

  /// Ends adding: each distinct token goes through the filter once and becomes a term or is dropped. Terms do not
  /// depend on how documents came in batches, nor on the pool.
  void finish(const Execution& execution);

  /// Replaces term i by row i of `replacements`, or drops it where dropped[i] is not 0; equal rows become one term.
  /// After finish(). Throws InputError when there is not one row a term.
  void replace_terms(const TextRows& replacements, std::span<const std::uint8_t> dropped, const Execution& execution);

  std::size_t documents() const noexcept;
  /// After finish().
  std::size_t terms() const noexcept;
  std::string_view term(std::size_t id) const noexcept;

  struct State;
  const State& state() const noexcept { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace tenbin
