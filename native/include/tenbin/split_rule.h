#pragma once

#include <cstdint>
#include <string_view>

namespace tenbin {

/// How a text is cut into tokens. Every rule lower-cases; all but kStandard as Python's str.lower() does the token.
enum class SplitRule : std::uint8_t {
  /// Maximal runs of anything but whitespace, as Python's str.split() understands it (HAKARI rule `whitespace`).
  kWhitespace,
  /// Maximal runs of letters, numbers and underscores: Python's `\w+` (HAKARI rule `regex`). Marks separate.
  kWords,
  /// Maximal runs of [A-Za-z0-9] (HAKARI rule `english_regex`).
  kAsciiWords,
  /// kWords of at least two code points: `\b\w\w+\b`, the default of bm25s and scikit-learn.
  kWordsOfTwo,
  /// Lucene's StandardTokenizer and LowerCaseFilter: words by UAX #29, Han and Hiragana character by character,
  /// South-East Asian runs whole, emoji; no token is longer than 255 UTF-16 units.
  kStandard,
  /// Words by UAX #29 as ICU reports them; a mark stays with its letter.
  kUnicode,
};

/// `whitespace`, `words`, `ascii_words`, `words_of_two`, `standard`, `unicode`.
std::string_view name_of(SplitRule rule) noexcept;

/// The rule called `name`. Throws InputError when there is none, listing those there are.
SplitRule split_rule_from_name(std::string_view name);

}  // namespace tenbin
